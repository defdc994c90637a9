"""Agents that choose an operation for every edge and learn from the losses of whole paths."""
