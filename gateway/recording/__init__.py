"""Catat aduan: what officers write down for people who called, came or posted."""
