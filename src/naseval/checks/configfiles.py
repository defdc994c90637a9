"""Are the files of the configuration, and how they are given, what the user means?

A results folder remembers the overlays by which results were computed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from naseval.errors import ConfigError
from naseval.files import UNREADABLE, reading, write_atomically
from naseval.settings.validation import dotted

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 50
RECORD = "overlays.json"
"""Names of the overlays, in the results folder."""
OPTIONS = ("--configfile", "--configfiles")


def check_configfiles(files: Iterable[str | Path], arguments: Sequence[str]) -> None:
    """Raise `ConfigError` if a file has a key twice, or if `--configfile` is given twice.

    YAML keeps the last of two equal keys, and Snakemake the last of two equal options.
    """
    if sum(argument.partition("=")[0] in OPTIONS for argument in arguments) > 1:
        raise ConfigError(
            "--configfile is given twice, and Snakemake would read only the last one; give all "
            "overlays to one, as --configfile FIRST.yaml SECOND.yaml"
        )
    for file in dict.fromkeys(map(Path, files)):
        _check_keys(file)


def overlays(files: Iterable[str | Path], base: str | Path) -> list[Path]:
    """Return the distinct files that are laid over the configuration `base`, in their order."""
    chosen = {Path(file).resolve(): Path(file) for file in files}
    return [file for place, file in chosen.items() if place != Path(base).resolve()]


def check_dropped(results: str, overlays: Iterable[Path]) -> None:
    """Raise `ConfigError` if overlays are left out or swapped by which results were computed.

    Results would be computed again, with other settings, in their place. Folders may be moved, so
    only names are compared.
    """
    given, recorded = [file.name for file in overlays], _recorded(results)
    for name in recorded:
        if given.count(name) < recorded.count(name):
            raise ConfigError(
                f"the results in {results} were computed with the overlay {name}, which this "
                "command leaves out: add it to --configfile, or set the config key results to "
                f"another folder, or delete {Path(results, RECORD)}"
            )
    later = iter(given)
    if not all(name in later for name in recorded):
        raise ConfigError(
            f"the results in {results} were computed with the overlays {' '.join(recorded)}, of "
            "which this command gives later ones first: give them to --configfile in this order, "
            f"or set the config key results to another folder, or delete {Path(results, RECORD)}"
        )


def record_overlays(results: str, overlays: Sequence[Path]) -> None:
    """Note in the results folder the overlays by which its results are computed, in their order.

    Raise `ConfigError` as `check_dropped` does.
    """
    check_dropped(results, overlays)
    names = [file.name for file in overlays]
    if names != _recorded(results):
        write_atomically(Path(results, RECORD), f"{json.dumps(names)}\n".encode())


def _recorded(results: str) -> list[str]:
    record = Path(results, RECORD)
    try:
        with reading(record, UNREADABLE):
            names = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    except ValueError:
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _check_keys(file: Path) -> None:
    try:
        with file.open(encoding="utf-8") as opened:
            root = yaml.compose(opened, Loader=LOADER)
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return  # Snakemake, which has read the file, knows better
    _check_node(root, file, ())


def _check_node(node: yaml.Node | None, file: Path, path: tuple[str, ...]) -> None:
    if len(path) > DEEPEST:
        raise ConfigError(f"{file} is nested more than {DEEPEST} deep; remove what leads to itself")
    if isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            _check_node(entry, file, (*path, str(number)))
    if not isinstance(node, yaml.MappingNode):
        return
    counts = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
    for key, value in node.value:
        name = (*path, str(key.value))
        if isinstance(key, yaml.ScalarNode) and counts[key.value] > 1:
            lines = [k.start_mark.line + 1 for k, _ in node.value if k.value == key.value]
            raise ConfigError(
                f"{file} has the config key {dotted(*name)} twice, in the lines "
                f"{' and '.join(map(str, lines))}; remove one"
            )
        _check_node(value, file, name)
