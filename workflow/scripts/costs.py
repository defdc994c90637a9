"""Compute the cost of each search."""

import pyarrow as pa

from naseval import records, schemas
from naseval.analysis.cost import search_costs
from naseval.script import job

with job(snakemake) as running:
    histories = records.read(snakemake.input.histories, schemas.HISTORIES).to_pandas()
    searches = histories.groupby(["dataset", "method", "seed"], sort=False)
    content = pa.Table.from_pandas(
        search_costs((*names, rows) for names, rows in searches), preserve_index=False
    )
    records.write(snakemake.output.costs, content, running.provenance())
