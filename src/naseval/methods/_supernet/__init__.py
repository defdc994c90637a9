"""The network that holds every architecture of the DARTS family at once."""
