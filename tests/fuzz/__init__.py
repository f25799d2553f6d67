"""Damaged webhooks against the real app: `python -m tests.fuzz.webhooks --help`."""
