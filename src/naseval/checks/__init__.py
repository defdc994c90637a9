"""What planning checks beyond types and names: whatever a job could not do.

`check` looks for one fault after the other, without torch, pandas or SciPy: folders, what is known
of the datasets, the studies' figures, genotypes from files, methods' own programs, and whether
networks can take the images.
"""

from naseval.checks import datasets, folders, genotypes, networks, programs, studies
from naseval.config import Config


def check(config: Config) -> None:
    """Raise `NasevalError`, one sentence with a key, if a job would fail by the configuration."""
    folders.check(config)
    datasets.check(config)
    members = studies.check(config)
    genotypes.check(config, members)
    programs.check(config, members)
    networks.check(config, members)
