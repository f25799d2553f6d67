"""Rows as people read them: the shapes and the Indonesian words of pages."""
