"""What this program does to its terminal and process, and how it leaves them."""
