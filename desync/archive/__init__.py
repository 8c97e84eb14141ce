"""Many captures become one case: discovery, rotated sets, the spool."""
