"""The way out: parts claimed, sent, marked, and rescued where they were not delivered."""
