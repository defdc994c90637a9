"""Train genotypes from scratch, one run each."""

from pathlib import Path

from naseval.script import job

with job(snakemake) as running:
    # in here, where it is said if memory does not suffice for torch
    from naseval.training.pack import train_all
    from naseval.training.runs import Augmentation

    data = [Path(snakemake.input[name]) for name in ("images", "splits", "channels")]
    runs = [
        Augmentation(settings, *data, Path(file) if file else None, Path(output), Path(log))
        for settings, file, output, log in zip(
            snakemake.params.runs,
            snakemake.params.genotypes,
            snakemake.output,
            snakemake.log,
            strict=True,
        )
    ]
    train_all(running, snakemake.threads, runs)
