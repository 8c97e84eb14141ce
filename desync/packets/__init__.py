"""Frames become segments: link, tunnel, IP and TCP headers as columns."""
