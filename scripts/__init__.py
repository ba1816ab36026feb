"""Programs for people who work on Lineside or start it."""
