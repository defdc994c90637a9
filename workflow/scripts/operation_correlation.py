"""Measure the correlations of a supernet's operations."""

from pathlib import Path

from naseval import records
from naseval.analysis.operation_correlation import SCHEMA
from naseval.data.training_data import load_search_data
from naseval.methods.stacnas.operation_correlation import correlations
from naseval.methods.stacnas.settings import Settings
from naseval.script import job
from naseval.settings.dataset import ImageSettings
from naseval.training.checkpoint import Checkpoint
from naseval.training.device import arithmetic
from naseval.training.session import computing, session

with (
    job(snakemake) as running,
    computing(running, snakemake.threads) as device,
    session(
        running, device, running.settings, snakemake.input, snakemake.params.checkpoint
    ) as training,
):
    params, seed = snakemake.params, int(snakemake.wildcards.seed)
    data = load_search_data(
        Path(snakemake.input.splits).parent,
        ImageSettings(**params.dataset),
        device,
        running.resources["workers"],
    )
    settings = Settings(**params.search)
    with arithmetic(settings.precision):
        rows = correlations(data, settings, seed=seed, loop=training.loop, images=params.images)
    provenance = running.provenance(seed=seed, **training.facts)
    records.write(snakemake.output.table, records.table(SCHEMA, rows), provenance)
    if not running.is_orphan():
        Checkpoint(Path(params.checkpoint), "").delete()
