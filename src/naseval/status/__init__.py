"""What the configured work is at, read from files alone."""
