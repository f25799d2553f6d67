"""Writing to citizens: replies, drafts, corrected answers, their photos, and what failed."""
