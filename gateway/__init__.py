"""The gateway decides: use cases that connect channels, normalizer and store."""
