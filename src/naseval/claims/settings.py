"""The value in this project's configuration of a setting that the paper states."""

from collections.abc import Mapping
from fnmatch import fnmatch
from functools import reduce
from typing import Any

from naseval.claims.absent import lacking, or_absent
from naseval.claims.values import Value
from naseval.config import Config
from naseval.spaces import get_space


@or_absent
def setting(config: Config, paths: str, datasets: str) -> Value:
    """Return the values of the keys `paths` for all `datasets` (both separated by spaces).

    A single path with the same value for all datasets gives that value. Several paths, or values
    that differ between datasets, give a list, in order. The result is `Absent` if a key, method or
    dataset is missing. The forms of a path are `methods.X.search.…`, `methods.X.protocol.…`,
    `methods.X.nodes` (of the method's space), `protocols.X.…`, `spaces.X.operations` (their number;
    `spaces.X.operations.conv_*` counts the operations that match the pattern), and any other key of
    the configuration, which may contain the placeholder `{dataset}`.
    """
    per_dataset = [
        [_plain(_at(config, path.format(dataset=dataset), dataset)) for path in paths.split()]
        for dataset in datasets.split()
    ]
    if any(values != per_dataset[0] for values in per_dataset):
        return [value for values in per_dataset for value in values]
    first = per_dataset[0]
    return first[0] if len(first) == 1 else first


def _at(config: Config, path: str, dataset: str) -> Any:
    match path.split("."):
        case ["methods", name, "search", *rest]:
            _known(name, config.methods, dataset, config)
            return _walk(config.search_settings(name, dataset), rest, path)
        case ["methods", name, "protocol", *rest]:
            _known(name, config.methods, dataset, config)
            protocol = config.method(name, dataset).protocol
            return _walk(config.protocol(protocol, dataset), rest, path)
        case ["methods", name, "nodes"]:
            _known(name, config.methods, dataset, config)
            return _walk(get_space(config.method(name, dataset).space), ["nodes"], path)
        case ["protocols", name, *rest]:
            _known(name, config.protocols, dataset, config)
            return _walk(config.protocol(name, dataset), rest, path)
        case ["spaces", name, "operations", *form]:
            if name not in config.spaces:
                lacking(f"the configuration has no space {name}")
            operations = get_space(name).operations
            return sum(fnmatch(operation, (form or ["*"])[0]) for operation in operations)
        case keys:
            return _walk(config, keys, path)


def _known(name: str, names: Mapping[str, Any], dataset: str, config: Config) -> None:
    for entry, entries in ((name, names), (dataset, config.datasets)):
        if entry not in entries:
            lacking(f"the configuration has no {entry}")


def _walk(start: Any, keys: list[str], path: str) -> Any:
    return reduce(lambda value, key: _step(value, key, path), keys, start)


def _step(value: Any, key: str, path: str) -> Any:
    if isinstance(value, Mapping):
        found = value.get(key)
    elif isinstance(value, list | tuple) and key == "length":
        found = len(value)
    elif isinstance(value, list | tuple):
        found = value[int(key)] if key.isdigit() and int(key) < len(value) else None
    else:
        found = getattr(value, key, None)
    if found is None:
        lacking(f"the configuration has no {path}")
    return found


def _plain(value: Any) -> Value:
    return list(value) if isinstance(value, tuple) else value
