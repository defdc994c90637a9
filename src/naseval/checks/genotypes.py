"""Are the genotypes of methods that searched elsewhere there, of their space, and enough?"""

from collections.abc import Iterable

from naseval.config import Config
from naseval.errors import ConfigError
from naseval.studies import Member


def check(config: Config, members: Iterable[Member]) -> None:
    """Raise `NasevalError`, with file and line, if genotypes are wrong or too few."""
    needed = {
        (member.method, member.run.dataset, int(member.run.genotype.rpartition("-")[2]))
        for member in members
        if member.origin == "searched" and member.method and member.method not in config.searching
    }
    for method, dataset, seed in sorted(needed):
        found = config.genotypes(method, dataset)
        if seed >= len(found):
            key = config.method_layers(method, dataset).written(("genotypes",))
            given = config.method(method, dataset).genotypes
            raise ConfigError(
                f"config key {key}: {given} holds {len(found)} genotypes, up to "
                f"{found[-1].where}, and the studies ask for the search seed {seed} on {dataset}; "
                f"add genotypes, or ask for fewer searches of {method}"
            )
