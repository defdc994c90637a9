"""Run one search."""

from pathlib import Path

from naseval import records, schemas
from naseval.data.training_data import load_search_data
from naseval.methods import get_method, get_settings
from naseval.script import job
from naseval.settings.dataset import ImageSettings
from naseval.training.device import arithmetic
from naseval.training.session import computing, session

with (
    job(snakemake) as running,
    computing(running, snakemake.threads) as device,
    session(
        running, device, running.settings, snakemake.input, snakemake.params.checkpoint
    ) as training,
):
    params = snakemake.params
    data = load_search_data(
        Path(snakemake.input.splits).parent,
        ImageSettings(**params.dataset),
        device,
        running.resources["workers"],
    )
    settings = get_settings(params.algorithm)(**params.search)
    with arithmetic(settings.precision):
        found = get_method(params.algorithm).search(
            data, settings, seed=int(snakemake.wildcards.seed), loop=training.loop
        )
    provenance = running.provenance(seed=int(snakemake.wildcards.seed), **training.facts)
    history = records.table(schemas.HISTORY, found.history)
    records.write(snakemake.output.history, history, provenance)
    found.genotype.write(snakemake.output.genotype)
