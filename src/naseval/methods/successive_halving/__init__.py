"""Successive halving and Hyperband: many short trainings, of which the best go on."""
