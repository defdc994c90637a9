"""Write the page that shows everything."""

from pathlib import Path

from naseval.files import write_atomically
from naseval.job import job
from naseval.report.page import page

with job(snakemake) as running:
    params = snakemake.params
    text = page(Path(snakemake.output.page).parent, params.figures, params.tables)
    write_atomically(snakemake.output.page, text.encode())
