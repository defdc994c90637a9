"""The rule by which DARTS-ES stops. Without torch."""

from collections.abc import Sequence

from naseval.methods.darts_es.settings import EarlyStopping


def epoch_to_return(eigenvalues: Sequence[float], rule: EarlyStopping) -> int | None:
    """Return the epoch, from 0, to which a search goes back if it stops after the last measurement.

    Parameters
    ----------
    eigenvalues : sequence of float
        The dominant eigenvalues of epochs 0, `every`, 2 `every`, ...
    rule : EarlyStopping
        The mean of the last `window` eigenvalues belongs to the epoch in the middle of the window.
        It is compared with the mean of `distance` measurements before. If it is more than `factor`
        times as large, the search stops and goes back to the epoch of the earlier mean, unless that
        is before `first`.

    Returns
    -------
    int or None
        None if the search goes on.

    """
    back = rule.window // 2 + rule.distance
    found = rule.every * (len(eigenvalues) - 1 - back)
    if found < rule.first or len(eigenvalues) <= back:
        return None
    last = _mean(eigenvalues, rule.window)
    before = _mean(eigenvalues[: -rule.distance], rule.window)
    return found if last / before > rule.factor else None


def _mean(eigenvalues: Sequence[float], window: int) -> float:
    """Return the mean of the last `window` eigenvalues, or of all if there are fewer."""
    counted = eigenvalues[-window:]
    return sum(counted) / len(counted)
