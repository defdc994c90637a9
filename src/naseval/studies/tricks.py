"""The benchmark with and without training tricks (paper, section 6)."""

from pydantic import Field

from naseval.config import Config
from naseval.settings.validation import known
from naseval.studies import benchmark
from naseval.studies._runs import Member


class Settings(benchmark.Settings):
    """The settings of the benchmark, and a second protocol, without tricks."""

    plain: str = Field(description="the protocol without tricks, by its key")


def members(config: Config, settings: Settings) -> list[Member]:
    """Return the benchmark's runs, under the plain protocol and under each method's own one."""
    plain = known(settings.plain, config.protocols, "protocol", "studies.tricks.plain")
    return [
        member
        for own in benchmark.members(config, settings)
        for member in dict.fromkeys((own.under(plain), own))
    ]
