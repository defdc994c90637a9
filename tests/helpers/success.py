"""How sure it is that a search succeeds, from a few seeds."""

from collections.abc import Sequence

from scipy.stats import binomtest


def success_interval(label: str, edges: Sequence[int], enough: int) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success.

    A seed succeeds where `enough` or more of its edges have the operation that works; `edges` are
    those of each seed. What was counted is printed after the label.
    """
    successes = sum(count >= enough for count in edges)
    found = binomtest(successes, len(edges)).proportion_ci(method="exact")
    print(f"{label}: {successes}/{len(edges)}, {found}, edges {edges}")
    return found.low, found.high
