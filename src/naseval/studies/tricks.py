"""With and without tricks: does a method's lead survive a plain protocol? (paper, section 6)."""

from pydantic import Field

from naseval.config import Config
from naseval.settings.validation import known
from naseval.studies import benchmark
from naseval.studies._runs import Member


class Settings(benchmark.Settings):
    """The benchmark's, trained a second time with a protocol that has no tricks."""

    plain: str = Field(description="the protocol without tricks, by its key")


def members(config: Config, settings: Settings) -> list[Member]:
    """Return the benchmark's runs, each under its method's own protocol and under the plain one."""
    plain = known(settings.plain, config.protocols, "protocol", "studies.tricks.plain")
    return [
        member
        for own in benchmark.members(config, settings)
        for member in dict.fromkeys((own.under(plain), own))
    ]
