"""Add up what searches cost."""

import pyarrow as pa

from naseval import records
from naseval.analysis.cost import search_costs
from naseval.job import job

with job(snakemake) as running:
    histories = (
        (*names, records.read(path, records.HISTORY).to_pandas())
        for names, path in zip(snakemake.params.searches, snakemake.input.histories, strict=True)
    )
    content = pa.Table.from_pandas(search_costs(histories), preserve_index=False)
    records.write(snakemake.output.costs, content, running.provenance())
