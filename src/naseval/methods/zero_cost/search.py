"""Zero-cost ranking: the highest score of untrained networks (Abdelfattah et al., ICLR 2021)."""

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._baselines.scored import listed, score_all
from naseval.methods._baselines.settings import candidate_space
from naseval.methods._baselines.untrained import untrained_score
from naseval.methods._trials import Evaluate
from naseval.methods.zero_cost import algorithm
from naseval.methods.zero_cost.settings import Settings
from naseval.randomness import stream, torch_seed
from naseval.training.loop import Loop

NAME = "zero_cost"


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the settings' space by the score of the protocol's network at its initialisation.

    Parameters are counted without the auxiliary tower. NWOT sees one batch of training images,
    without random transforms and without labels; the others see no data.
    """
    batches = data.batches(
        "train", batch_size=settings.protocol.batch_size, seed=seed, random_transforms=False
    )

    def score(number: int, candidate: Genotype) -> float:
        return untrained_score(
            settings.score,
            candidate,
            data.dataset,
            settings.protocol,
            batches=batches,
            device=data.device,
            seed=torch_seed(seed, NAME, number),
        )

    def found(evaluate: Evaluate[Genotype]) -> Genotype:
        space = candidate_space(settings)
        return algorithm.search(space, evaluate, settings, stream(seed, NAME, "search"))

    scores, history = score_all(
        listed(found), score, data.device, loop=loop, stream_names=(seed, NAME)
    )
    chosen = found(scores.__getitem__)
    return SearchResult(chosen, [history[0] | {"genotype": chosen.to_json()}])
