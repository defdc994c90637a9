"""Validation of settings. The first fault becomes one sentence with the key that the user wrote."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from naseval.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[str | int, ...]
LONGEST = 80
"""Characters of a wrong value that are shown."""
SPEAKS_FOR_ITSELF = ("too_short", "too_long", "value_error")
"""Types of errors in lists that are clear without the whole list."""


def validated(
    model: type[Model],
    fields: Any,
    key: str = "",
    dataset: str | None = None,
    where: str = "config key",
    written: Callable[[Key], str] | None = None,
) -> Model:
    """Build `model` from `fields`. Raise `ConfigError`, one sentence, if there is a fault.

    The sentence begins with `where` and the full key, which is `written` for a path within
    `fields`; by default, the path below `key`. An unknown key comes before other faults, because
    it may be a misspelt one that is missing then.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        end = f" (for dataset {dataset})" if dataset else ""
        path, faults = _first(error, fields)
        name = (written or (lambda path: dotted(key, *path)))(path)
        raise ConfigError(f"{where} {_sentence(name, path, faults, model)}{end}") from error


def dotted(*parts: str | int) -> str:
    """Return a key of the configuration in one line, e.g. `methods.darts.search`."""
    return one_line(".".join(str(part) for part in parts if part != ""))


def one_line(text: str) -> str:
    """Return the text with escapes for line breaks and whatever else is not printed."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shown(value: Any) -> str:
    """Return a value as a message shows it, shortened if it is long."""
    text = one_line(repr(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def known(name: str, names: Collection[str], kind: str, key: str) -> str:
    """Return `name`. Raise `ConfigError` if it is not in `names`."""
    if name not in names:
        hint = _similar(name, names) or f" (known: {', '.join(sorted(names)) or 'none'})"
        raise ConfigError(
            f"config key {key} names the {kind} {shown(name)}, which does not exist{hint}"
        )
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


def _first(error: ValidationError, fields: Any) -> tuple[Key, list[Any]]:
    """Return the key of the first fault and its errors.

    If a value may have several types, pydantic reports an error for each type. If the value is a
    mapping, only the errors inside it count, because they say more than a wrong type.
    """
    found: dict[Key, list[Any]] = {}
    for fault in error.errors():
        found.setdefault(tuple(_keys(fault["loc"], fields, fault["type"] == "missing")), []).append(
            fault
        )
    inner = {
        key: faults
        for key, faults in found.items()
        if not any(other != key and other[: len(key)] == key for other in found)
    }
    unknown = (key for key, faults in inner.items() if faults[0]["type"] == "extra_forbidden")
    first = next(unknown, next(iter(inner)))
    return first, inner[first]


def _keys(location: Key, value: Any, missing: bool) -> Iterator[str | int]:
    """Yield the parts of a location that are keys of `value` or are missing in it.

    The other parts are names of types that pydantic tried.
    """
    for part in location:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, (list, tuple)) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        elif not missing or part != location[-1] or not isinstance(value, Mapping):
            continue
        yield part


def _sentence(name: str, path: Key, faults: Sequence[Any], model: type[BaseModel]) -> str:
    first = faults[0]
    match first["type"]:
        case "extra_forbidden":
            hint = _similar(str(path[-1]), _field_names(model, path[:-1]))
            return f"{name} is unknown{hint}; remove or rename it"
        case "missing":
            return f"{name} is missing; add it"
        case _:
            value = first["input"]
            clear = isinstance(value, list) and first["type"] in SPEAKS_FOR_ITSELF
            given = "" if isinstance(value, Mapping) or clear else f", not {shown(value)}"
            return f"{name}: {_message(faults)}{given}"


def _message(faults: Sequence[Any]) -> str:
    """Return the expected value in lower case. Alternatives of several types are joined by "or"."""
    first, *others = dict.fromkeys(_expected(fault) for fault in faults)
    alternatives = "".join(f" or {text.removeprefix('Input should be ')}" for text in others)
    return f"{first[0].lower()}{first[1:]}{alternatives}"


def _expected(fault: Any) -> str:
    if fault["type"] in ("dict_type", "model_type", "model_attributes_type", "mapping_type"):
        return "Input should be a mapping"
    text: str = fault["msg"].removeprefix("Value error, ")
    for detail in (", unable", ", got", " after validation"):
        text = text.partition(detail)[0]
    return one_line(text)


def _field_names(model: Any, path: Key) -> list[str]:
    """Return the fields of the model at a path below a model, through unions and mappings."""
    inner = [model]
    for part in path:
        inner = [found for each in inner for found in _below(each, part)]
    return [name for each in inner for name in getattr(each, "model_fields", {})]


def _below(annotation: Any, part: str | int) -> list[Any]:
    """Return the types that a value of this type may have at a key."""
    if fields := getattr(annotation, "model_fields", None):
        return _alternatives(fields[part].annotation) if part in fields else []
    arguments = get_args(annotation)
    return _alternatives(arguments[-1]) if get_origin(annotation) is dict else []


def _alternatives(annotation: Any) -> list[Any]:
    if hasattr(annotation, "model_fields") or get_origin(annotation) is dict:
        return [annotation]
    return [found for each in get_args(annotation) for found in _alternatives(each)]


def _similar(name: str, names: Collection[str]) -> str:
    close = get_close_matches(name, list(names), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
