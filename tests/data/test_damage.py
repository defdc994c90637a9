"""Archives that are damaged at random are read or refused in one sentence, and nothing else."""

import pytest

import archives as made
from archive_damage import FORMS, NUMBERS, damaged

SEEDS = 12


@pytest.fixture(autouse=True)
def _small_facts(monkeypatch):
    """State the numbers of the small archives."""
    for source, (images, classes, others) in NUMBERS.items():
        made.holds(monkeypatch, source, images, classes, **others)


def outcomes(name, folder, seeds):
    form = FORMS[name]
    form.write(folder)
    file = folder / form.damaged
    whole = file.read_bytes()
    assert form.outcome(folder) == "read"
    found = []
    for seed in seeds:
        file.write_bytes(damaged(whole, name, seed))
        found.append(form.outcome(folder))
    return found


@pytest.mark.parametrize("name", FORMS)
def test_a_damaged_archive_is_read_or_refused(tmp_path, name):
    assert "refused" in outcomes(name, tmp_path, range(SEEDS))


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_many_damaged_archives_are_read_or_refused(tmp_path, name):
    assert "refused" in outcomes(name, tmp_path, range(SEEDS, 500))
