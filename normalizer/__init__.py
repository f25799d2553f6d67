"""The normalizer thinks: many small, sloppy messages in, one complaint draft and one next step out.

Pure: no clock, no database, no network. See `normalizer.assemble.assemble`.
"""
