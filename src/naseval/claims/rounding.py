"""Values of the ledger as people read them: with as many decimals as the paper prints."""

import re
from math import floor, log10

from naseval.analysis.wording import with_minus

NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?![\w.]*\w)")
"""A number with decimals: not one within a name, such as `1.5x` or `a1.2`."""
EXACT = ("==", "set", "order")
DECIMALS = 2
"""The decimals where the paper prints no number to agree with."""
DIGITS = 2
"""The least significant digits where the paper prints no number at all."""
MOST = 6
"""The decimals of the ledger."""


def as_printed(text: str, printed: str, tolerance: str, comparator: str) -> str:
    """Return a text of the ledger with its numbers rounded like the `printed` ones.

    A tolerance is half a unit of the last printed digit, which may be a 0. Where the paper prints
    no number that has to be met, they have two decimals. A number has more where it would else look
    like a printed one that it does not agree with. Hyphens before numbers become minus signs.
    """
    targets = [float(one) for one in NUMBER.findall(printed) or re.findall(r"-?\d+", printed)]
    decimals = max((len(one.partition(".")[2]) for one in NUMBER.findall(printed)), default=0)
    if not printed or comparator not in EXACT:
        decimals = max(decimals, DECIMALS)
    near = float(tolerance) if comparator in EXACT else 0.0
    stated = max(0, round(-log10(2 * near))) if near else 0
    decimals = max(decimals, stated)

    def rounded(found: re.Match[str]) -> str:
        value = float(found[0])
        least = decimals if printed else max(decimals, _for_digits(value))
        own = len(found[0].partition(".")[2])
        least = min(least, max(own, stated))
        for digits in range(least, max(own, least) + 1):
            shown = f"{value:.{digits}f}"
            alike = [one for one in targets if float(shown) == one]
            if all(abs(value - one) <= near + 1e-9 for one in alike):
                break
        return shown

    return with_minus(NUMBER.sub(rounded, text))


def _for_digits(value: float) -> int:
    """Return the decimals that show `DIGITS` significant digits of a value, at most `MOST`."""
    return 0 if value == 0 else min(MOST, DIGITS - 1 - floor(log10(abs(value))))
