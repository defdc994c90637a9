"""Readers of the formats that archives come in."""
