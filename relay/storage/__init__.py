"""What a relay keeps: operations, their results, and the SQLite store that carries them out."""
