"""Are the folders that the configuration names usable?"""

import os
from pathlib import Path

from naseval.config import Config
from naseval.data.archives import FOLDER_VARIABLE
from naseval.errors import ConfigError
from naseval.files import check_folder, reading


def check(config: Config) -> None:
    """Raise `NasevalError` if results cannot be written, or the archives' folder cannot be read."""
    check_folder(config.results)
    if config.archives is not None and FOLDER_VARIABLE not in os.environ:
        _check_archives(config.archives)


def _check_archives(given: str) -> None:
    place = f"config key archives: {given}"
    mend = "name the one with the archives, or set it to null to download them"
    with reading(place, mend, ConfigError):
        is_folder = Path(given).is_dir()
    if not is_folder:
        raise ConfigError(f"{place} is no folder; {mend}")
