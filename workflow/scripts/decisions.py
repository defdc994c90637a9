"""Put the last look of every cell into one table."""

import pyarrow as pa

from naseval import records
from naseval.schemas import LOOK
from naseval.script import job

with job(snakemake) as running:
    paths = list(snakemake.input)
    content = pa.concat_tables([records.read(path, LOOK).cast(LOOK) for path in paths])
    inputs = {path: records.content_digest(path) for path in paths}
    records.write(snakemake.output.table, content, running.provenance(inputs=inputs))
