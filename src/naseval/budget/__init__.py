"""What the configured work costs, known before it starts."""
