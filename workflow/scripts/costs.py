"""Compute the cost of each search."""

import pyarrow as pa

from naseval import records, schemas
from naseval.analysis.cost import search_costs, with_stated
from naseval.script import job

with job(snakemake) as running:
    histories = records.read(snakemake.input.histories, schemas.HISTORIES).to_pandas()
    searches = histories.groupby(["dataset", "method", "seed"], sort=False)
    costs = search_costs((*names, rows) for names, rows in searches)
    content = pa.Table.from_pandas(
        with_stated(costs, snakemake.params.stated), preserve_index=False
    )
    records.write(snakemake.output.costs, content, running.provenance())
