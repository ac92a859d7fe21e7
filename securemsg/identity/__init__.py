"""Who somebody is: accounts, their devices, how to reach them, and how far to trust that."""
