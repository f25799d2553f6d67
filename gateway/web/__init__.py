"""Pages and webhooks: HTTP in, a use case, HTTP out. No decision is made here."""
