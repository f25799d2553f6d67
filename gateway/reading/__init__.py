"""Pages that show: the inbox, one case, what the public and the leadership see, what is live."""
