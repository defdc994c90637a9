"""Validation of settings. Each error becomes one sentence."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from naseval.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[str | int, ...]


def validated(
    model: type[Model],
    fields: Mapping[str, Any],
    key: str = "",
    dataset: str | None = None,
    where: str = "config key",
) -> Model:
    """Build `model` from `fields`. Raise `ConfigError`, with one sentence per faulty key.

    Each sentence begins with `where` and the full key, which begins with `key`.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        end = f" (for dataset {dataset})" if dataset else ""
        sentences = [
            f"{where} {_sentence(place, faults, key, model)}{end}"
            for place, faults in _by_key(error, fields).items()
        ]
        raise ConfigError("\n".join(sentences)) from error


def known(name: str, names: Collection[str], kind: str, key: str) -> str:
    """Return `name`. Raise `ConfigError` if it is not in `names`."""
    if name not in names:
        hint = _similar(name, names) or f" (known: {', '.join(sorted(names))})"
        raise ConfigError(f"config key {key} names the {kind} {name!r}, which does not exist{hint}")
    return name


def merged(base: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Merge `layer` into `base` and return the result. Nested mappings are merged key by key."""
    result = dict(base)
    for key, value in layer.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result


def _by_key(error: ValidationError, fields: Mapping[str, Any]) -> dict[Key, list[Any]]:
    """Group the errors by key.

    If a value may have several types, pydantic reports an error for each type. If the value is a
    mapping, only the errors inside it are kept, because they say more than a wrong type.
    """
    found: dict[Key, list[Any]] = {}
    for fault in error.errors():
        found.setdefault(tuple(_keys(fault["loc"], fields)), []).append(fault)
    return {
        key: faults
        for key, faults in found.items()
        if not any(other != key and other[: len(key)] == key for other in found)
    }


def _keys(location: Key, value: Any) -> Iterator[str | int]:
    """Yield the parts of a location that are keys of `value` or are missing in it.

    The other parts are names of types that pydantic tried.
    """
    for part in location:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, (list, tuple)) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        elif part != location[-1] or not isinstance(value, Mapping):
            continue
        yield part


def _sentence(place: Key, faults: Sequence[Any], key: str, model: type[BaseModel]) -> str:
    first, name = faults[0], ".".join(str(part) for part in [*filter(None, [key]), *place])
    match first["type"]:
        case "extra_forbidden":
            hint = _similar(str(place[-1]), _field_names(model, place[:-1]))
            return f"{name} is unknown{hint}; remove or rename it"
        case "missing":
            return f"{name} is missing; add it"
        case _:
            given = "" if isinstance(first["input"], Mapping) else f", not {first['input']!r}"
            return f"{name}: {_message(faults)}{given}"


def _message(faults: Sequence[Any]) -> str:
    """Return the expected value in lower case. Alternatives of several types are joined by "or"."""
    texts = [
        fault["msg"].removeprefix("Value error, ").partition(", unable")[0] for fault in faults
    ]
    texts = [re.sub(r"a valid dictionary or instance of \w+", "a mapping", text) for text in texts]
    first, *others = dict.fromkeys(texts)
    alternatives = "".join(f" or {text.removeprefix('Input should be ')}" for text in others)
    return f"{first[0].lower()}{first[1:]}{alternatives}"


def _field_names(model: Any, path: Key) -> list[str]:
    for part in path:
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    return list(getattr(model, "model_fields", {}))


def _similar(name: str, names: Collection[str]) -> str:
    close = get_close_matches(name, list(names), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
