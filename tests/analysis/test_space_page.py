"""The page of a space, on made-up runs."""

import pandas as pd

from naseval.analysis.space_page import space_page
from study_tables import curve_rows, frame

FIELDS = {"space": "darts", "seed": 2}
STUDY = frame(
    row
    for index, last in enumerate([90.0, 92.0])
    for row in curve_rows([last + 1, last], genotype=f"darts/random-{index:03d}", **FIELDS)
)
SIZES = pd.DataFrame(
    {
        "dataset": "cifar10",
        "protocol": "cda",
        "parameters": [3_000_000, 4_000_000],
        "macs": [500_000_000, 700_000_000],
    }
)


def test_accuracy_and_size_stand_on_the_page():
    page = space_page("darts", STUDY, SIZES, {"cifar10": "CIFAR-10"})
    lines = page.splitlines()
    assert lines[0] == "# The space `darts`"
    assert "## Accuracy" in lines
    # 12.706 is Student's t for 95 % and one degree of freedom; both stds are the root of 2
    assert (
        "| CIFAR-10 | cda | best | 2 | 2 | 92.00 | 1.41 | 91.00 | 93.00 | 79.29 | 104.71 |" in lines
    )
    assert (
        "| CIFAR-10 | cda | last | 2 | 2 | 91.00 | 1.41 | 90.00 | 92.00 | 78.29 | 103.71 |" in lines
    )
    assert "| CIFAR-10 | cda | parameters | 2 | 3.00 | 3.50 | 4.00 |" in lines
    assert "| CIFAR-10 | cda | macs | 2 | 500.00 | 600.00 | 700.00 |" in lines
