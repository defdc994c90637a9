"""Settings checked, with one sentence for each fault."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from naseval.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def validated(
    model: type[Model], fields: Mapping[str, Any], key: str = "", dataset: str | None = None
) -> Model:
    """Build `model`; `ConfigError` names the config key below `key` of every fault."""
    try:
        return model(**fields)
    except ValidationError as error:
        place = f" (for dataset {dataset})" if dataset else ""
        sentences = [_sentence(fault, key, model) + place for fault in error.errors()]
        raise ConfigError("\n".join(sentences)) from error


def known(name: str, names: Collection[str], kind: str, key: str) -> str:
    """Return `name`, or raise `ConfigError` where it is none of `names`."""
    if name not in names:
        hint = _similar(name, names) or f" (known: {', '.join(sorted(names))})"
        raise ConfigError(f"config key {key} names the {kind} {name!r}, which does not exist{hint}")
    return name


def _sentence(fault: Any, key: str, model: type[BaseModel]) -> str:
    place = ".".join(str(part) for part in [*filter(None, [key]), *fault["loc"]])
    match fault["type"]:
        case "extra_forbidden":
            hint = _similar(str(fault["loc"][-1]), _field_names(model, fault["loc"][:-1]))
            return f"config key {place} is unknown{hint}; remove or rename it"
        case "missing":
            return f"config key {place} is missing; add it"
        case _:
            message = fault["msg"].removeprefix("Value error, ")
            given = "" if isinstance(fault["input"], Mapping) else f", not {fault['input']!r}"
            return f"config key {place}: {message[0].lower()}{message[1:]}{given}"


def _field_names(model: Any, path: tuple[Any, ...]) -> list[str]:
    for part in path:
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    return list(getattr(model, "model_fields", {}))


def _similar(name: str, names: Collection[str]) -> str:
    close = get_close_matches(name, list(names), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def merged(base: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `layer` over `base`; nested mappings are merged key by key, all else replaced."""
    result = dict(base)
    for key, value in layer.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result
