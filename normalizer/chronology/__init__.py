"""When it happened: an own grammar of Indonesian time over one walk through the words."""

from normalizer.chronology.read import read_chronology

__all__ = ["read_chronology"]
