"""Settings of recorded benchmarks: tables of trainings that others did, searched in seconds."""

from typing import Annotated, Any

from pydantic import Field

from naseval.settings.base import Positive, PositiveFloat, Strict

Key = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$")]
"""Lower-case letters, digits, - and _, since paths contain it."""


class RecordedMethod(Strict):
    """A method that searches recorded trainings."""

    label: str = Field(description="the name in figures and tables")
    algorithm: str = Field(description="folder of naseval.methods with an `algorithm.py`")
    search: dict[str, Any] = Field(description="settings of the algorithm, see below")


class RecordedBenchmark(Strict):
    """A table of trainings that methods search."""

    label: str = Field(description="the name in figures and tables")
    table: str = Field(description="module of naseval.recorded.tables")
    overrides: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="other values of a method's settings on this table, by the method's key",
    )
    margin: PositiveFloat = Field(
        1.0,
        description="points of accuracy; methods whose difference is certainly smaller are "
        "equivalent (docs/statistics.md)",
    )


class Recorded(Strict):
    """Tables of recorded trainings; a method searches every table that has what it needs."""

    mirror: str | None = Field(
        None,
        description="folder with the tables' files, searched before downloading; the environment "
        "variable NASEVAL_RECORDED takes precedence",
    )
    searches: Positive = Field(description="searches per method and table, seeds 0, 1, …")
    methods: dict[Key, RecordedMethod] = Field(description="methods by key")
    benchmarks: dict[Key, RecordedBenchmark] = Field(description="tables by key")

    @property
    def margins(self) -> dict[str, float]:
        """The margin of equivalence on each table, in points of accuracy."""
        return {key: benchmark.margin for key, benchmark in self.benchmarks.items()}
