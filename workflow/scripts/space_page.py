"""Write the page of one space."""

from pathlib import Path

import pandas as pd

from naseval.analysis.space_page import space_page
from naseval.files import write_atomically
from naseval.script import job
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces._files import read_genotype
from naseval.studies._gather import gather_runs
from naseval.training.networks import size

with job(snakemake) as running:
    params = snakemake.params
    results = snakemake.config["results"]
    study = gather_runs(
        results, "spaces", params.members, params.asked, params.diverged
    ).table.to_pandas()
    sizes = [
        {
            "dataset": dataset,
            "protocol": protocol,
            **size(
                read_genotype(file, snakemake.wildcards.space),
                ImageSettings(**params.datasets[dataset]),
                Protocol(**params.protocols[dataset]),
            )._asdict(),
        }
        for dataset, protocol in study[["dataset", "protocol"]].drop_duplicates().values
        for file in snakemake.input.genotypes
    ]
    text = space_page(snakemake.wildcards.space, study, pd.DataFrame(sizes), params.labels)
    write_atomically(Path(snakemake.output.page), text.encode())
