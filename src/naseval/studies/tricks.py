"""The benchmark with and without training tricks (paper, section 6)."""

from collections.abc import Iterator

from pydantic import Field

from naseval.config import Config
from naseval.settings.validation import known
from naseval.studies import benchmark
from naseval.studies._runs import Member


class Settings(benchmark.Fixed):
    """The settings of the benchmark, and a second protocol, without tricks."""

    plain: str = Field(description="the protocol without tricks, by its key")


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if there is no such protocol."""
    known(settings.plain, config.protocols, "protocol", "studies.tricks.plain")


def members(config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the benchmark's runs, under the plain protocol and under each method's own one."""
    for own in benchmark.members(config, settings):
        yield from dict.fromkeys((own.under(settings.plain), own))
