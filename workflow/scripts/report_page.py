"""Write the report."""

from pathlib import Path

from naseval.files import write_atomically
from naseval.report.page import page
from naseval.script import job

with job(snakemake) as running:
    params = snakemake.params
    results = Path(snakemake.output.page).parent
    text = page(results, params.figures, params.tables, params.scaled_down)
    write_atomically(snakemake.output.page, text.encode())
