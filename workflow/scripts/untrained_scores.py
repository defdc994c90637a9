"""Score the networks of random architectures that nobody trained."""

import math
from pathlib import Path

from naseval import records, schemas
from naseval.data.prepared import check_prepared
from naseval.data.training_data import load_search_data
from naseval.methods._baselines.untrained import untrained_score
from naseval.randomness import torch_seed
from naseval.script import job
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces._files import read_architecture
from naseval.studies._gather_scores import UNTRAINED
from naseval.training.device import arithmetic
from naseval.training.session import computing

with job(snakemake) as running, computing(running, snakemake.threads) as device:
    settings, folder = snakemake.params.scores, Path(snakemake.input.splits).parent
    check_prepared(folder, settings["dataset"], settings["prepared"])
    dataset, protocol = ImageSettings(**settings["dataset"]), Protocol(**settings["protocol"])
    data = load_search_data(folder, dataset, device, running.resources["workers"])
    batches = data.batches("train", batch_size=protocol.batch_size, seed=0, random_transforms=False)
    rows = []
    draws = zip(settings["architectures"].items(), snakemake.input.architectures, strict=True)
    for (name, draw), file in draws:
        genotype = read_architecture(file, draw)
        with arithmetic(protocol.precision):
            found = {
                score: untrained_score(
                    score,
                    genotype,
                    dataset,
                    protocol,
                    batches=batches,
                    device=device,
                    seed=torch_seed("untrained scores", name),
                )
                for score in UNTRAINED
            }
        finite = {score: value for score, value in found.items() if math.isfinite(value)}
        rows.append({"genotype": name, **finite})
    records.write(
        snakemake.output.scores,
        records.table(schemas.UNTRAINED_SCORES, rows),
        running.provenance(settings, device=str(device)),
    )
