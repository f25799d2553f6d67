"""Pengaturan: what a government sets for itself, its first day, and its data in a file."""
