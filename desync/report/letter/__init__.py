"""What one would send to the other side of a connection."""
