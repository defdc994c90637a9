"""Run searches of a method, one for each seed."""

from pathlib import Path

from naseval.script import job

with job(snakemake) as running:
    # in here, where it is said if memory does not suffice for torch
    from naseval.training.pack import train_all
    from naseval.training.searches import Search

    files = [Path(snakemake.input[name]) for name in ("images", "splits", "channels")]
    searches = [
        Search(settings, files, Path(genotype), Path(history), Path(log))
        for settings, genotype, history, log in zip(
            snakemake.params.searches,
            snakemake.output[::2],
            snakemake.output[1::2],
            snakemake.log,
            strict=True,
        )
    ]
    train_all(running, snakemake.threads, searches)
