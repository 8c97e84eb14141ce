"""The formats in which a report goes to other tools, and the list of all formats."""
