"""A written dialogue becomes a capture."""
