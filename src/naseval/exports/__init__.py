"""A study as one archive: what one attaches to a paper."""
