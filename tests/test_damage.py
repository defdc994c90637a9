"""Every damaged file is refused in one sentence with its name, or read as it was written."""

from collections import Counter

import pytest

from damage import BYTES, JSON, TABLE, outcome
from naseval.randomness import stream
from result_files import kinds

TRIES = 2
MANY = 50


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return kinds(tmp_path_factory.mktemp("results"))


def damages(path):
    more = {".parquet": TABLE, ".json": JSON}
    return BYTES | more.get(path.suffix, {})


def outcomes(files, tries):
    """Damage each file in each way, `tries` times; return the outcomes that are wrong."""
    wrong, counts = [], Counter()
    for name, kind in files.items():
        whole, before = kind.path.read_bytes(), kind.read()
        for how, damage in damages(kind.path).items():
            for attempt in range(tries):
                damage(kind.path, stream("damage", name, how, attempt))
                found = outcome(kind.read, kind.path, before)
                kind.path.write_bytes(whole)
                counts[found if found in ("refused", "unharmed") else "wrong"] += 1
                if found not in ("refused", "unharmed"):
                    wrong.append(f"{name}, {how}, {attempt}: {found}")
    return wrong, counts


def test_damaged_files_are_noticed(files):
    wrong, counts = outcomes(files, TRIES)
    assert not wrong
    assert counts["refused"] > 10 * counts["unharmed"]


@pytest.mark.slow
def test_many_damaged_files_are_noticed(files, capsys):
    wrong, counts = outcomes(files, MANY)
    with capsys.disabled():
        print(dict(counts))
    assert not wrong
