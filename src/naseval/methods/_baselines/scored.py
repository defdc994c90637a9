"""Candidates that are scored one after the other, without training any of them.

Which candidates are scored must not depend on the scores, as it does not in random search. So an
algorithm can run twice: to list the candidates, and to choose one once all scores are known.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from naseval.genotype import Genotype
from naseval.methods._trials import Evaluate
from naseval.randomness import Name
from naseval.training.checkpoint import Stateful, TensorState
from naseval.training.history import Row, history_row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics

Score = Callable[[int, Genotype], float]
"""Maps the number of a candidate, from 0, and the candidate to its score."""


def listed(found: Callable[[Evaluate[Genotype]], Genotype]) -> list[Genotype]:
    """Return the candidates that an algorithm evaluates, of which `found` returns the chosen one.

    Their scores must not influence which ones are evaluated.
    """
    candidates: dict[Genotype, float] = {}
    found(lambda candidate: candidates.setdefault(candidate, 0.0))
    return list(candidates)


def score_all(
    candidates: list[Genotype],
    score: Score,
    device: torch.device,
    *,
    loop: Loop,
    stream_names: tuple[Name, ...],
    stage: int = 1,
    rows: Sequence[Row] = (),
    parts: Mapping[str, Stateful] | None = None,
    carried_state: dict[str, Any] | None = None,
) -> tuple[dict[Genotype, float], list[Row]]:
    """Return the scores of all candidates, and `rows` with one more row.

    Every candidate is a step of the stage's only epoch. So a search that is interrupted goes on
    with the next candidate, and the row's `seconds` are those of all scores. A score that is not a
    number is the lowest. `parts` and `carried_state` are what the checkpoint has besides.
    """
    task = Scoring(candidates, score, device, stage)
    rows = loop.run(
        task,
        epochs=1,
        steps=len(candidates),
        parts={**(parts or {}), **task.parts},
        stream_names=stream_names,
        stage=stage,
        carried_state=carried_state,
        rows=rows,
    )
    return dict(zip(candidates, task.scores.tolist(), strict=True)), rows


class Scoring:
    """The scores of candidates, an `EpochTask`. A step scores one candidate."""

    def __init__(
        self, candidates: list[Genotype], score: Score, device: torch.device, stage: int
    ) -> None:
        self.candidates, self.score, self.device, self.stage = candidates, score, device, stage
        self.scores = torch.zeros(len(candidates), dtype=torch.float64)

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that scoring changes."""
        return {"scores": TensorState({"scores": self.scores})}

    def begin(self, epoch: int) -> None:
        """Prepare nothing."""

    def step(self, _epoch: int, step: int) -> Metrics:
        """Score one candidate."""
        score = self.score(step, self.candidates[step])
        self.scores[step] = -math.inf if math.isnan(score) else score
        return {}

    def end(self, epoch: int, _totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`."""
        return history_row(epoch, self.device, stage=self.stage)
