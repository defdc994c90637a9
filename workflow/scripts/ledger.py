"""Judge the paper's claims."""

from pathlib import Path

from naseval import records
from naseval.claims import writers
from naseval.claims.ledger import Sources, ledger
from naseval.claims.tables import Tables
from naseval.config import load_config
from naseval.script import job

with job(snakemake) as running:
    tables = Tables(
        {Path(path).stem: records.read(path).to_pandas() for path in snakemake.input.tables}
    )
    sources = Sources(**{snakemake.wildcards.source: tables}, config=load_config(snakemake.config))
    content = ledger(sources)
    writers.write_parquet(snakemake.output.parquet, content, running.provenance())
    writers.write_csv(snakemake.output.csv, content)
    writers.write_html(snakemake.output.html, content)
