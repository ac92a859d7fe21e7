"""What fills the terminal: first run, unlocking, conversations."""
