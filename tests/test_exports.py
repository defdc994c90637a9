"""A study's archive: complete, checked by its checksums, the same bytes each time."""

import hashlib
import zipfile
from pathlib import Path

import pandas as pd
import yaml

from naseval.exports import (
    CHECKSUMS,
    configuration,
    readme,
    relative_paths,
    run_list,
    write_archive,
)
from study_tables import curve_rows, frame

PROVENANCE = {"commit": "0123abc", "dirty": False}
CODE = {"a" * 64: 1, "b" * 64: 1}


def study():
    curves = [(50.0, 70.0, 60.0), (40.0, 50.0, 55.0)]
    return frame(
        row
        for seed, curve in enumerate(curves)
        for row in curve_rows(curve, genotype=f"darts/random-{seed:03d}", seed=seed)
    )


def test_the_list_has_one_row_per_run_with_best_and_last():
    runs = run_list(study())
    assert runs[["genotype", "seed", "epochs", "best", "last"]].values.tolist() == [
        ["darts/random-000", 0, 3, 70.0, 60.0],
        ["darts/random-001", 1, 3, 55.0, 55.0],
    ]


def test_the_readme_counts_runs_and_names_what_is_there():
    text = readme("seeds", run_list(study()), {"runs.csv", "runs/a.parquet"}, PROVENANCE, CODE)
    assert "# The runs of the study `seeds`" in text
    assert "Commit 0123abc; 2 runs, made by the code with the digest " in text
    assert f"{'a' * 12} (n = 1), {'b' * 12} (n = 1)." in text
    assert "| cifar10 | random | cda | 2 |" in text
    assert "| runs/ |" in text
    assert "| searches/ |" not in text
    changed = readme("s", run_list(study()), set(), PROVENANCE | {"dirty": True}, CODE)
    assert ", with changes" in changed


def test_an_archive_unpacks_to_what_went_in_and_checks_itself(tmp_path):
    held = tmp_path / "results/runs/a/seed-0.parquet"
    held.parent.mkdir(parents=True)
    held.write_bytes(b"rows")
    contents = relative_paths(tmp_path / "results", [held]) | {"README.md": b"read me"}
    write_archive(tmp_path / "one.zip", "seeds", contents)
    write_archive(tmp_path / "two.zip", "seeds", dict(reversed(contents.items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()

    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extractall(tmp_path / "out")
    root = tmp_path / "out/seeds"
    listed = [line.split("  ") for line in (root / CHECKSUMS).read_text().splitlines()]
    assert [name for _, name in listed] == ["README.md", "runs/a/seed-0.parquet"]
    for digest, name in listed:
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest
    assert (root / "runs/a/seed-0.parquet").read_bytes() == b"rows"


def test_the_configuration_reads_back():
    written = {"studies": {"seeds": {"random": 4}}, "datasets": {"digits": {"label": "Zahlen, ä"}}}
    assert yaml.safe_load(configuration(written)) == written


def test_a_run_known_by_its_best_alone_is_listed():
    rows = study().iloc[[0]].assign(reading="best", epoch=pd.NA)
    runs = run_list(rows)
    assert runs["best"].tolist() == [50.0]
    assert runs["last"].isna().all()


def test_names_are_places_below_the_results():
    assert relative_paths(Path("results"), ["results/runs/x.parquet"]) == {
        "runs/x.parquet": Path("results/runs/x.parquet")
    }
