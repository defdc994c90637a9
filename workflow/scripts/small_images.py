"""Read a dataset's archive, or the user's own images, and store images and labels."""

from pathlib import Path

from naseval.data.archives import accept_archive, check_archive
from naseval.data.sources import check_classes, get_source
from naseval.data.store import write_images
from naseval.script import job

with job(snakemake) as running:
    dataset, name = snakemake.params.dataset, snakemake.wildcards.dataset
    # The place of the user's own images is no param, because moving them must not read them again.
    own = snakemake.config["datasets"][name].get("path")
    archives, lock = Path(own or snakemake.params.archives), Path(snakemake.params.lock)
    if snakemake.input:
        check_archive(dataset["source"], archives, lock)
    source = get_source(dataset["source"]).read(archives, dataset["image_size"], dataset["images"])
    check_classes(name, source.classes, dataset["classes"])
    folder = Path(snakemake.output.labels).parent
    write_images(folder, source, dataset["images"], provenance=running.provenance())
    if snakemake.input:
        accept_archive(dataset["source"], archives, lock)
