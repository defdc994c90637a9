"""Issues of the authors' files, each found by computation."""
