"""Count the parameters and multiply-accumulates of the existing genotypes."""

from pathlib import Path

from naseval import records
from naseval.cards.inputs import COMPLEXITY
from naseval.script import job
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces._files import read_genotype
from naseval.training.networks import size

with job(snakemake) as running:
    params = snakemake.params
    dataset = ImageSettings(**params.dataset)
    protocols = {method: Protocol(**fields) for method, fields in params.protocols.items()}
    rows = [
        {
            "dataset": snakemake.wildcards.dataset,
            "method": method,
            "genotype": name,
            "origin": origin,
            **size(read_genotype(file), dataset, protocols[method])._asdict(),
        }
        for method, name, origin, file in params.genotypes
        if Path(file).exists()
    ]
    records.write(snakemake.output.table, records.table(COMPLEXITY, rows), running.provenance())
