"""Jobs that a killed Snakemake left: without SLURM there are none (with it: tests/slurm)."""

from naseval.locking.orphans import orphans, refuse_orphans


def test_without_slurm_nobody_left_a_job(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert orphans(tmp_path) == []
    refuse_orphans(tmp_path)
