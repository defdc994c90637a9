"""Run a search and score random architectures by its shared weights."""

from pathlib import Path

from naseval.script import job

with job(snakemake) as running:
    # in here, where it is said if memory does not suffice for torch
    from naseval.training.pack import train_all
    from naseval.training.searches import ScoredSearch

    search = ScoredSearch(
        snakemake.params.search,
        [Path(file) for file in snakemake.input],
        Path(snakemake.output.genotype),
        Path(snakemake.output.history),
        Path(snakemake.log[0]),
        [Path(file) for file in snakemake.input.architectures],
        Path(snakemake.output.scores),
    )
    train_all(running, snakemake.threads, [search])
