"""The store remembers: tables, queries, encryption. It knows nothing of platforms or pages."""
