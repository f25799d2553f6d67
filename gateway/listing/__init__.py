"""Aduan, the list of all cases: filters, search, views, exports."""
