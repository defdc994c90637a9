"""Are the environments and files of methods that have a program of their own there?"""

from collections.abc import Iterable

from naseval.config import Config
from naseval.studies import Member


def check(config: Config, members: Iterable[Member]) -> None:
    """Raise `ConfigError`, with the key, if a program's environment or files are missing."""
    searched = {
        (member.method, member.run.dataset)
        for member in members
        if member.origin == "searched" and member.method
    }
    for method, dataset in sorted(searched):
        if config.method(method, dataset).command:
            config.program(method, dataset)
