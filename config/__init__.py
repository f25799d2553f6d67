"""Configuration: settings from the environment, key files, log lines, ready governments."""
