"""What the two ends say to each other: formats that no relay ever reads."""
