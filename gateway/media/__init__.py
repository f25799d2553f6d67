"""Attachments: fetching, judging by content, copies for others, reading cards and recordings."""
