"""Learning from what officers decide and mend."""
