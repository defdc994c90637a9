"""Read a dataset's archive and store its images and labels."""

from pathlib import Path

from naseval.data.archives import check_archive
from naseval.data.sources import get_source
from naseval.data.store import write_images
from naseval.script import job

with job(snakemake) as running:
    dataset, archives = snakemake.params.dataset, Path(snakemake.params.archives)
    if snakemake.input:
        check_archive(dataset["source"], archives, Path(snakemake.params.lock))
    source = get_source(dataset["source"]).read(archives, dataset["image_size"], dataset["images"])
    folder = Path(snakemake.output.labels).parent
    write_images(folder, source, dataset["images"], provenance=running.provenance())
