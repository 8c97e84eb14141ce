"""The case: one SQLite file that holds what was found, and lets a run that was stopped go on."""
