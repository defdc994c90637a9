"""What the scripts of rules share: the lines that jobs write on the terminal."""

import logging
import re

import pytest

from naseval.script import Terminal, logged_to

STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    """Return a function that puts the terminal of a job with some logs into the root logger."""

    def begun(files, rule):
        handler = Terminal(tmp_path / "results/logs", files, rule)
        monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
        monkeypatch.setattr(logging.getLogger(), "level", logging.INFO)

    return begun


def lines(capsys):
    """Return what was written on standard error, without times."""
    written = capsys.readouterr().err.splitlines()
    assert all(re.match(f"{STAMP} ", line) for line in written)
    return [re.sub(f"^{STAMP} ", "", line) for line in written]


def test_a_line_says_of_which_log_it_is_a_copy(tmp_path, capsys, terminal):
    file = tmp_path / "results/logs/runs/digits/cda/darts/random-000/seed-2.log"
    terminal([str(file)], "run")
    with logged_to(tmp_path / "elsewhere.log"):
        logging.info("a path with %%s or 100 %% is no format: %s", "100 %")
    logging.info("epoch 1/3")
    assert lines(capsys) == [
        f"{tmp_path}/elsewhere: a path with %s or 100 % is no format: 100 %",
        "runs/digits/cda/darts/random-000/seed-2: epoch 1/3",
    ]


def test_trainings_of_a_pack_are_told_apart_and_their_logs_are_as_before(
    tmp_path, capsys, terminal
):
    files = [tmp_path / f"results/logs/runs/seed-{seed}.log" for seed in (0, 1)]
    terminal([str(file) for file in files], "runs_digits_000")
    for file in files:
        logging.info("next")
        with logged_to(file):
            logging.info("epoch 1/3")
    assert lines(capsys) == [
        "runs_digits_000: next",
        "runs/seed-0: epoch 1/3",
        "runs_digits_000: next",
        "runs/seed-1: epoch 1/3",
    ]
    for file in files:
        assert re.fullmatch(f"{STAMP} epoch 1/3\n", file.read_text())
