"""Zero-cost ranking: the highest score of candidates that nobody trains."""
