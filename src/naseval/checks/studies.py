"""Can the figures and tables of the studies be made of what they ask for?"""

from naseval.config import Config
from naseval.studies import Member, check_study


def check(config: Config) -> list[Member]:
    """Return the runs of all studies. Raise `ConfigError` if they would not make a figure."""
    return [member for study in config.studies for member in check_study(config, study)]
