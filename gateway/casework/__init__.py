"""What officers decide on a case: disposisi, returns, parts, groups, and what a PD does."""
