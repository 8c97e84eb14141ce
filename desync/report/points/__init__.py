"""What ``desync compare --points`` prints: the document of two captures laid over each other."""
