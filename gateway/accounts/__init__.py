"""Accounts of staff: logging in, the second step, sessions, other identity providers."""
