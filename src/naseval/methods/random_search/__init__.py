"""Random search: the best of k random candidates."""
