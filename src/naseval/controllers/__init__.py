"""Small networks that choose architectures (torch)."""
