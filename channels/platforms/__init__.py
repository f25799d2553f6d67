"""Platforms that join by one line of the registry, one file each: docs/adding-a-channel.md."""
