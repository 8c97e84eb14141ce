"""Who misread since when, against which banner: all sessions of an archive in the order of time."""
