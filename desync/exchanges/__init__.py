"""A dialogue becomes exchanges: what each reply answers, and what the client held when it spoke."""
