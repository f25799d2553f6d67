"""Channels translate: a platform's requests into our vocabulary, and our answers into its calls."""
