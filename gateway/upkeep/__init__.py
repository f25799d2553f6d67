"""Our accounts at the platforms: how they do, and the templates they have approved."""
