"""Are the folders that the configuration names usable?"""

import os
from pathlib import Path

from naseval.config import Config
from naseval.data.archives import FOLDER_VARIABLE
from naseval.errors import ConfigError
from naseval.files import check_folder


def check(config: Config) -> None:
    """Raise `NasevalError` if results cannot be written, or the archives' folder does not exist."""
    check_folder(config.results)
    given = config.archives
    if given is not None and FOLDER_VARIABLE not in os.environ and not Path(given).is_dir():
        raise ConfigError(
            f"config key archives: {given} is no folder; name the one with the archives, or set it "
            "to null to download them"
        )
