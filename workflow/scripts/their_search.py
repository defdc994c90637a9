"""Run one search of a method by a program of the user's."""

from pathlib import Path

from naseval.script import job

with job(snakemake) as running:
    # in here, where it is said if memory does not suffice for torch
    from naseval.programs.search import Search

    Search(
        snakemake.params.search,
        snakemake.wildcards.dataset,
        [Path(snakemake.input.splits), Path(snakemake.input.channels)],
        Path(snakemake.output.genotype),
        Path(snakemake.output.history),
        Path(snakemake.log[0]),
    ).search(running, min(snakemake.threads, running.resources["threads"]))
