"""Values of the ledger, rounded like the printed ones."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval.claims.rounding import as_printed


@pytest.mark.parametrize(
    ("text", "printed", "tolerance", "comparator", "shown"),
    [
        ("0.322423", "0.32", "0.005", "==", "0.32"),
        ("-0.476", "-0.48", "0.005", "==", "−0.48"),
        ("0.3251", "0.32", "0.005", "==", "0.33"),
        ("97.13", "97.1", "0", "==", "97.13"),  # would look like the printed number
        ("97.16", "97.1", "0", "==", "97.2"),
        ("39.96", "40, 40, 20", "0.5", "==", "40"),
        ("0.322423", "", "0", "==", "0.32"),
        ("0.00482", "", "0", "==", "0.0048"),
        ("0.000000", "", "0", "==", "0.00"),
        ("3.999999", "4", "0", "<", "3.999999"),
        ("3.712345", "4", "0", "<", "3.71"),
        ("0.0003", "0.0003", "0", "==", "0.0003"),
        ("8", "8", "0", "==", "8"),
        ("2.002", "1.2", "0.005", "==", "2.00"),
        ("1.2", "1.2", "0.005", "==", "1.20"),  # the paper prints 1.20
        ("0.5, 0.999", "0.5, 0.999", "0", "==", "0.5, 0.999"),
        ("0.0, 0.4, 0.7", "0.0, 0.4, 0.7", "0", "==", "0.0, 0.4, 0.7"),
        (
            "0.322423 (last epoch) does not agree with the printed 0.48; found: 0.47981 (best).",
            "0.48", "0.005", "==",
            "0.32 (last epoch) does not agree with the printed 0.48; found: 0.48 (best).",
        ),
        ("configured at methods.x1.5y: 0.123456", "0.5", "0", "==",
         "configured at methods.x1.5y: 0.1"),
    ],
)  # fmt: skip
def test_it_has_the_decimals_of_the_printed_number(text, printed, tolerance, comparator, shown):
    assert as_printed(text, printed, tolerance, comparator) == shown


@given(
    st.integers(0, 10_000), st.integers(1, 4), st.decimals(-20, 20, places=6), st.booleans()
)  # fmt: skip
def test_what_looks_like_the_printed_number_agrees_with_it(units, decimals, off, rounds):
    printed = f"{units / 10**decimals:.{decimals}f}"
    tolerance = 0.5 / 10**decimals if rounds else 0.0
    value = float(printed) + float(off) / 10**decimals
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    shown = as_printed(text, printed, str(tolerance), "==").replace("−", "-")
    assert abs(float(shown) - float(text)) <= 0.5 / 10**decimals + 1e-9
    if float(shown) == float(printed):
        assert abs(float(text) - float(printed)) <= tolerance + 1e-9
    assert len(re.sub(r".*\.", "", shown)) <= 6
