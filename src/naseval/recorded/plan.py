"""Which methods search which tables, by what each needs and has, and what is therefore left out.

Planning imports this module, so it imports neither pandas nor SciPy, and reads no table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from pydantic import BaseModel

from naseval.errors import ConfigError
from naseval.methods import algorithm_names, get_algorithm
from naseval.plugins import plugin_names
from naseval.recorded.facts import Facts, get_facts
from naseval.settings.recorded import Recorded
from naseval.settings.validation import known, merged, validated

WORDS = {
    "accuracies": "no accuracies that a method may see",
    "fidelities": "no accuracies after fewer epochs",
    "neighbours": "no neighbours",
}
SIZES = ("trials", "samples")
"""Settings that count distinct architectures."""


@dataclass(frozen=True)
class Job:
    """All searches of a method on a table."""

    benchmark: str
    method: str
    table: str
    algorithm: str
    settings: dict[str, Any]
    """The algorithm's settings, valid for this table."""


@dataclass(frozen=True)
class Benchmark:
    """A table that is searched, and where its files are."""

    table: str
    facts: Facts

    @property
    def folder(self) -> str:
        """The folder of its files, relative to the results folder."""
        return "published/raw" if self.facts.published else "recorded/raw"

    @property
    def files(self) -> list[str]:
        """Its files, relative to the results folder."""
        return [f"{self.folder}/{name}" for name in [*self.facts.files, *self.facts.published]]


@dataclass(frozen=True)
class Plan:
    """What is searched, and what is left out, a sentence for each."""

    searches: int
    """Searches of each method on each table."""
    jobs: tuple[Job, ...]
    left_out: tuple[str, ...]
    benchmarks: Mapping[str, Benchmark]

    def job(self, benchmark: str, method: str) -> Job:
        """Return the searches of a method on a table."""
        return next(job for job in self.jobs if (job.benchmark, job.method) == (benchmark, method))

    def downloads(self) -> dict[str, dict[str, Any]]:
        """Return the files to fetch, with their pins, by name."""
        return {
            name: file.model_dump()
            for benchmark in self.benchmarks.values()
            for name, file in benchmark.facts.files.items()
        }

    def last_epochs(self) -> dict[str, int]:
        """Return the last epoch of the benchmarks whose epochs are known."""
        return {
            name: benchmark.facts.epochs + 1
            for name, benchmark in self.benchmarks.items()
            if benchmark.facts.epochs
        }


def plan(recorded: Recorded | None) -> Plan:
    """Return what is searched; nothing if nothing is configured.

    Raise `ConfigError`, one sentence, if a name or a setting is wrong.
    """
    if recorded is None:
        return Plan(0, (), (), {})
    _check_names(recorded)
    jobs, left_out = [], []
    for benchmark, method in product(recorded.benchmarks, recorded.methods):
        facts = get_facts(recorded.benchmarks[benchmark].table)
        lacking = list(_lacking(recorded, facts, benchmark, method))
        if lacking:
            left_out.append(
                f"{method} is not planned on {benchmark}, which has {' and '.join(lacking)}"
            )
        else:
            jobs.append(_job(recorded, facts, benchmark, method))
    searched = {job.benchmark: Benchmark(job.table, get_facts(job.table)) for job in jobs}
    return Plan(recorded.searches, tuple(jobs), tuple(left_out), searched)


def _check_names(recorded: Recorded) -> None:
    for name, method in recorded.methods.items():
        key = f"recorded.methods.{name}.algorithm"
        known(method.algorithm, algorithm_names(), "algorithm", key)
    for name, benchmark in recorded.benchmarks.items():
        key = f"recorded.benchmarks.{name}"
        known(benchmark.table, plugin_names("naseval.recorded.tables"), "table", f"{key}.table")
        for overridden in benchmark.overrides:
            known(overridden, recorded.methods, "method", f"{key}.overrides")


def _fields(recorded: Recorded, benchmark: str, method: str) -> Mapping[str, Any]:
    overrides = recorded.benchmarks[benchmark].overrides
    return merged(recorded.methods[method].search, overrides.get(method, {}))


def _lacking(recorded: Recorded, facts: Facts, benchmark: str, method: str) -> Iterator[str]:
    """Yield what a method needs and a table has not."""
    needs = get_algorithm(recorded.methods[method].algorithm).NEEDS
    yield from (WORDS.get(need, f"no {need}") for need in needs if need not in facts.has)
    score = _fields(recorded, benchmark, method).get("score")
    if "scores" in needs and score is not None and score not in facts.scores:
        yield f"no score {score}"


def _job(recorded: Recorded, facts: Facts, benchmark: str, method: str) -> Job:
    chosen = recorded.methods[method]
    algorithm = get_algorithm(chosen.algorithm)
    where = f"recorded.methods.{method}.search"
    fields = _fields(recorded, benchmark, method)
    settings: BaseModel = validated(algorithm.Settings, fields, where, benchmark)
    _check_sizes(settings.model_dump(), algorithm.NEEDS, facts, f"{where} (on {benchmark})")
    table = recorded.benchmarks[benchmark].table
    return Job(benchmark, method, table, chosen.algorithm, settings.model_dump())


def _check_sizes(settings: dict[str, Any], needs: tuple[str, ...], facts: Facts, key: str) -> None:
    for name in SIZES:
        if settings.get(name, 0) > facts.architectures:
            raise ConfigError(
                f"config key {key}: {name} is {settings[name]}, and the table has "
                f"{facts.architectures} architectures; lower it"
            )
    if "fidelities" in needs and settings["epochs"] > (facts.epochs or 0):
        raise ConfigError(
            f"config key {key}: epochs is {settings['epochs']}, and a method sees at most "
            f"{facts.epochs} epochs of the table; lower it"
        )
