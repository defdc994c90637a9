"""Neural architecture search, evaluated fairly."""
