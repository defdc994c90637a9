"""NSGA-II over integer genomes (Deb et al. 2002), with the settings of the NSGA-Net program."""

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
"""Two values to minimise."""


class Settings(Protocol):
    """Settings of an evolution."""

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
    """A member of the population. `number` counts individuals from 0, in the order of `ask`."""

    number: int
    genome: Genome
    objectives: Objectives
    dominated: bool
    """True if another member dominates this one."""


class IntegerPolynomialMutation(Mutation):
    """Polynomial mutation with rounding to integers.

    The bounds are extended by one half on both sides, so the outermost integers get as wide an
    interval as the others. Each gene is mutated with `probability`; possibly no gene is.
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
    """An evolution with the interface ask and tell, generation by generation.

    It depends only on its settings, its seed and the objectives it is told. `upper_bounds` are the
    largest values of the genes; the smallest is 0.
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
        """Return the genomes of the next generation, or an empty list when the evolution ends."""
        if not self._algorithm.has_next():
            return []
        asked = self._algorithm.ask()
        self._asked = Population() if asked is None else asked
        return [[int(gene) for gene in genome] for genome in self._asked.get("X")]

    def tell(self, objectives: Sequence[Objectives]) -> None:
        """Set the objectives of the genomes that `ask` returned last, in their order."""
        self._asked.set("number", range(self._told, self._told + len(objectives)))
        self._told += len(objectives)
        known = StaticProblem(self._problem, F=np.array(objectives))
        self._algorithm.evaluator.eval(known, self._asked)
        self._algorithm.tell(infills=self._asked)

    def survivors(self) -> list[Survivor]:
        """Return the members of the population, sorted by their numbers."""
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
