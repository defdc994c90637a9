"""Score cards: what is known of one method, on one page, without torch."""
