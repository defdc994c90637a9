"""Random search with shared weights: random paths of one supernet are trained, then ranked."""
