"""NSGA-II over integer genomes (Deb et al. 2002), set up as in the NSGA-Net program."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.mutation import Mutation
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.crossover.pntx import TwoPointCrossover
from pymoo.operators.mutation.pm import mut_pm
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.problems.static import StaticProblem

Genome = list[int]
Objectives = tuple[float, float]
"""Both are minimised."""


class Settings(Protocol):
    """What an evolution is told."""

    @property
    def population(self) -> int: ...
    @property
    def offspring(self) -> int: ...
    @property
    def generations(self) -> int: ...
    @property
    def crossover_probability(self) -> float: ...
    @property
    def mutation_probability(self) -> float: ...
    @property
    def mutation_eta(self) -> float: ...


class Survivor(NamedTuple):
    """A member of the population; `number` counts from 0 in the order of `ask`."""

    number: int
    genome: Genome
    objectives: Objectives
    dominated: bool
    """By another member."""


class IntegerPolynomialMutation(Mutation):
    """Polynomial mutation whose result is rounded.

    Bounds are wider by a half on both sides, so that the outermost integers get as wide an
    interval as the others. Each gene is drawn with `probability`; it may be none.
    """

    def __init__(self, eta: float, probability: float) -> None:
        super().__init__(prob=1.0, prob_var=probability)
        self.eta = eta

    def _do(
        self,
        problem: Problem,
        X: NDArray[np.int64],
        *_args: Any,
        random_state: np.random.Generator | None = None,
        **_kwargs: Any,
    ) -> NDArray[np.int64]:
        moved = mut_pm(
            X.astype(float),
            problem.xl - 0.5,
            problem.xu + 0.5,
            np.full(len(X), self.eta),
            self.get_prob_var(problem, size=len(X)),
            at_least_once=False,
            random_state=random_state,
        )
        integers: NDArray[np.int64] = np.rint(moved).clip(problem.xl, problem.xu).astype(int)
        return integers


class Evolution:
    """Asks for genomes and is told their objectives, generation by generation.

    It depends on its settings, its seed and what it is told alone: told the same again, it asks
    the same again. `upper_bounds` are the genes' largest values, 0 their smallest.
    """

    def __init__(self, upper_bounds: Sequence[int], settings: Settings, seed: int) -> None:
        self._problem = Problem(
            n_var=len(upper_bounds), n_obj=2, xl=0, xu=np.array(upper_bounds), vtype=int
        )
        self._algorithm = NSGA2(
            pop_size=settings.population,
            n_offsprings=settings.offspring,
            sampling=IntegerRandomSampling(),
            crossover=TwoPointCrossover(prob=settings.crossover_probability),
            mutation=IntegerPolynomialMutation(
                settings.mutation_eta, settings.mutation_probability
            ),
            eliminate_duplicates=True,
        )
        self._algorithm.setup(self._problem, termination=("n_gen", settings.generations), seed=seed)
        self._asked: Population = Population()
        self._told = 0

    def ask(self) -> list[Genome]:
        """Return the genomes of the next generation; none where the evolution is over."""
        if not self._algorithm.has_next():
            return []
        asked = self._algorithm.ask()
        self._asked = Population() if asked is None else asked
        return [[int(gene) for gene in genome] for genome in self._asked.get("X")]

    def tell(self, objectives: Sequence[Objectives]) -> None:
        """Say what the genomes last asked for are worth, in their order."""
        self._asked.set("number", range(self._told, self._told + len(objectives)))
        self._told += len(objectives)
        known = StaticProblem(self._problem, F=np.array(objectives))
        self._algorithm.evaluator.eval(known, self._asked)
        self._algorithm.tell(infills=self._asked)

    def survivors(self) -> list[Survivor]:
        """Return the population, in the order of their numbers."""
        members = [
            Survivor(
                int(member.get("number")),
                [int(gene) for gene in member.X],
                (float(member.F[0]), float(member.F[1])),
                bool(member.get("rank") > 0),
            )
            for member in self._algorithm.pop
        ]
        return sorted(members)
