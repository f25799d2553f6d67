"""The conversation with a citizen, from the messages since last time to the next step out."""
