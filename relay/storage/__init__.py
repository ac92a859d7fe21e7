"""What a relay keeps: operations, their results, and the stores that carry them out."""
