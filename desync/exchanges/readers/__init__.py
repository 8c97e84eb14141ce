"""Which reader model explains how a client behaved, and what it makes the client believe."""
