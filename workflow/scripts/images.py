"""Read a dataset's archive into the store."""

from pathlib import Path

from naseval.data.sources import get_source
from naseval.data.store import write_images
from naseval.job import job

with job(snakemake) as running:
    dataset = snakemake.params.dataset
    source = get_source(dataset["source"]).read(
        Path(snakemake.params.archives or "archives"), dataset["image_size"], dataset["images"]
    )
    folder = Path(snakemake.output.labels).parent
    write_images(folder, source, dataset["images"], provenance=running.provenance())
