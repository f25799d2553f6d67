"""The way in: webhooks verified and kept, in the database or on the disk."""
