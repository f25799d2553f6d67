"""Programs that measure; they print ratios of one run."""
