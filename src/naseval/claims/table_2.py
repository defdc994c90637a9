"""Table 2: the configured hyperparameters, compared cell by cell with the paper's."""

import pandas as pd

from naseval.claims.verdict import MATCH

REPORT_TABLES = {
    "table-2": {
        "title": "Table 2: hyperparameters",
        "paper": (
            "The paper's Table 2: the hyperparameters of the gradient-based methods. Shown is "
            "what this project is configured with; a cell that differs shows the printed "
            "value as well."
        ),
        "order": 10,
        "function": "build",
        "inputs": {"ledger": "claims/{source}.parquet"},
    },
}

PREFIX = "table2."


def build(ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return table 2 from the ledger of claims: a tidy frame, the paper's layout, and a note.

    The tidy frame has one row per cell, with the columns setting, method, printed, configured and
    verdict. A cell of the layout holds the configured value, and the printed one if it differs.
    """
    cells = ledger[ledger["id"].str.startswith(PREFIX)]
    names = cells["id"].str.removeprefix(PREFIX).str.split(".", n=1)
    tidy = pd.DataFrame(
        {
            "setting": cells["wording"].str.partition(": ")[2],
            "method": names.str[0],
            "printed": cells["printed"],
            "configured": cells["reproduced"],
            "verdict": cells["reproduced_verdict"],
        }
    ).reset_index(drop=True)
    text = tidy.assign(text=tidy.apply(_cell, axis=1)).pivot_table(
        index="setting", columns="method", values="text", aggfunc="first", sort=False
    )
    labels = {
        str(name): str(wording).partition(": ")[0]
        for name, wording in zip(names.str[0], cells["wording"], strict=True)
    }
    columns = list(dict.fromkeys(tidy["method"]))  # the claims are in the paper's order
    shown = text[columns].fillna("–").rename(columns=labels).rename_axis(columns=None)
    shown = shown.reset_index().rename(columns={"setting": "Setting"})
    return tidy, shown, _note(tidy)


def _cell(row: pd.Series) -> str:
    if row["verdict"] == MATCH:
        return str(row["configured"])
    if row["configured"]:
        return f"{row['configured']} (printed: {row['printed']})"
    return f"no key (printed: {row['printed']})"


def _note(tidy: pd.DataFrame) -> str:
    counts = tidy["verdict"].value_counts()
    missing = int((tidy["configured"] == "").sum())
    agree, judged = int(counts.get(MATCH, 0)), len(tidy) - missing
    rest = f" For {missing} there is no key." if missing else ""
    return (
        f"{agree} of {judged} configured cells are what the paper prints; others show both.{rest} "
        "Lists give the stages of a search, or search and augmentation, in order."
    )
