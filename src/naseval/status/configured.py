"""Loads the configuration with its overlays as Snakemake does, without Snakemake."""

from collections.abc import Iterable
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

from naseval.checks.configfiles import check_configfiles
from naseval.config import Config, load_config
from naseval.errors import NasevalError
from naseval.files import reading
from naseval.settings.validation import merged

BASE = Path("config/config.yaml")


def configured(overlays: Iterable[Path]) -> Config:
    """Return config/config.yaml of the working directory with the overlays merged into it.

    Raise `NasevalError` if a file cannot be read or a key is invalid or stands twice; the error
    names it.
    """
    files = [BASE, *overlays]
    base, *others = map(_read, files)
    check_configfiles(files, [])
    return load_config(merged(base, reduce(merged, others, {})))


def _read(file: Path) -> dict[str, Any]:
    mend = "run this where the Snakefile is" if file == BASE else "name an overlay that is there"
    try:
        with reading(file, mend):
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise NasevalError(f"{file} is not a text in UTF-8; save it so") from error
    except yaml.YAMLError as error:
        raise NasevalError(f"{file} is not YAML; mend it: {error}") from error
    if not isinstance(content, dict):
        raise NasevalError(f"{file} holds no keys; name a configuration")
    return content
