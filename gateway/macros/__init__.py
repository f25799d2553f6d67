"""Macros: a ready-made text that also does something, in one step."""
