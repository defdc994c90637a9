"""Loads the configuration with its overlays as Snakemake does, without Snakemake."""

from collections.abc import Iterable
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

from naseval.config import Config, load_config
from naseval.errors import NasevalError
from naseval.settings.validation import merged

BASE = Path("config/config.yaml")


def configured(overlays: Iterable[Path]) -> Config:
    """Return config/config.yaml of the working directory with the overlays merged into it.

    Raise `NasevalError` if a file cannot be read or a key is invalid; the error names it.
    """
    return load_config(merged(_read(BASE), reduce(merged, map(_read, overlays), {})))


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NasevalError(
            f"{file} could not be read ({error.strerror}); run this where the Snakefile is"
        ) from error
    except yaml.YAMLError as error:
        raise NasevalError(f"{file} is not YAML; mend it: {error}") from error
    if not isinstance(content, dict):
        raise NasevalError(f"{file} holds no keys; name a configuration")
    return content
