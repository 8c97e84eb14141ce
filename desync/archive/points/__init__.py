"""The same connections captured at two points, laid over each other: what lies between changed what."""
