"""Searches that train one sampled path of a shared network per batch: MANAS and MANAS-LS."""
