"""What every step on a case shares: opening it with the right to it, its parts, its identity."""
