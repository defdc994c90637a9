"""Train one genotype from scratch."""

from pathlib import Path

from naseval import records
from naseval.data.augmentation import load_augmentation_data
from naseval.genotype import Genotype
from naseval.job import job
from naseval.networks.build import build_network
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
    genotype = Genotype.read(snakemake.input.genotype)
    network = initialised(
        lambda: build_network(
            genotype,
            images=dataset.images,
            image_size=dataset.image_size,
            classes=dataset.classes,
            channels=protocol.channels,
            cells=protocol.cells,
            auxiliary=protocol.auxiliary_weight > 0,
            options=protocol.network,
        ),
        seed,
    )
    rows = augment(
        network.to(training.device), data, protocol, seed=seed, checkpoint=training.checkpoint
    )
    provenance = running.provenance(seed=seed, genotype=genotype.to_dict(), **training.facts)
    records.write(snakemake.output.run, records.table(records.RUN, rows), provenance)
