"""The paper's quantitative claims, recomputed, with a verdict each."""
