"""The client line by line: for screen readers, pipes and terminals on which no cursor moves."""
