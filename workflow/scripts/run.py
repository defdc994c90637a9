"""Train one genotype from scratch."""

from functools import partial
from pathlib import Path

from naseval import records
from naseval.data.augmentation import load_augmentation_data
from naseval.genotype import Genotype
from naseval.job import job
from naseval.networks.build import build_fixed, build_network
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.training.augment import augment
from naseval.training.initialisation import initialised
from naseval.training.session import session

with job(snakemake) as running, session(running, snakemake) as training:
    params, seed = snakemake.params, int(snakemake.wildcards.seed)
    dataset, protocol = ImageSettings(**params.dataset), Protocol(**params.protocol)
    data = load_augmentation_data(
        Path(snakemake.input.splits).parent,
        dataset,
        training.device,
        running.resources["workers"],
    )
    shape = {
        "images": dataset.images,
        "image_size": dataset.image_size,
        "classes": dataset.classes,
        "channels": protocol.channels,
        "auxiliary": protocol.auxiliary_weight > 0,
    }
    if snakemake.input.get("genotype"):
        genotype = Genotype.read(snakemake.input.genotype)
        build = partial(
            build_network, genotype, cells=protocol.cells, options=protocol.network, **shape
        )
    else:
        build = partial(
            build_fixed, snakemake.wildcards.genotype, drop_path=protocol.drop_path, **shape
        )
    network = initialised(build, seed)
    rows = augment(
        network.to(training.device), data, protocol, seed=seed, checkpoint=training.checkpoint
    )
    provenance = running.provenance(seed=seed, **training.facts)
    records.write(snakemake.output.run, records.table(records.RUN, rows), provenance)
