"""Local search: from neighbour to better neighbour, again from a random start at an optimum."""
