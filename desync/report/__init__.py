"""What was found becomes what people use: terminal, JSON, JSON Lines."""
