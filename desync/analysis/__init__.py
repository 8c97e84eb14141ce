"""Slices of captures become outcomes: analysed apart, stitched together."""
