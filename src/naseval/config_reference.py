"""The JSON schema and the reference page of the configuration, generated from its types.

`python -m naseval.config_reference` writes workflow/schemas/config.schema.json and config/README.md
below the working directory. A test fails if they differ from the types.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from naseval.config import Config, Method
from naseval.files import write_atomically
from naseval.methods import get_settings, method_names
from naseval.settings.protocol import Protocol
from naseval.studies import study_names

SCHEMA_FILE = "workflow/schemas/config.schema.json"
README_FILE = "config/README.md"

NULL = {"type": "null"}

INTRODUCTION = """\
# Configuration

`config.yaml` is the paper at full scale. Overlays change only the keys that they contain. They are
given on the command line, and later ones take precedence:
`snakemake --configfile config/demo.yaml`. Mappings are merged key by key; anything else is
replaced. Every key is checked before the first job starts: an unknown key, a misspelt name or an
invalid value gives one sentence with the key and the remedy.

| file | content |
|---|---|
| `config.yaml` | the paper: its numbers, all of them data, none a constant in the code |
| `demo.yaml` | overlay: the whole workflow in minutes on two CPU cores |
| `fashion.yaml` | overlay: the paper's questions on Fashion-MNIST, an evening on a CPU |
| `authors-code.yaml` | overlay: the values of the authors' programs that differ from the paper |

Protocols and methods have `overrides`: other values for `small` images, for `large` ones, or for
one dataset by its key. They are applied in this order: what a protocol inherits (as it is for this
dataset), the entry itself, its overrides for the size of the images, its overrides for the
dataset.

This page is generated from the types in `naseval.config` and `naseval.settings` (`make docs`).
"""


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration (draft 2020-12)."""
    schema = Config.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    del definitions["StudySettings"]  # each study has its own settings, see below
    definitions["Method"]["properties"]["search"] = {
        "anyOf": [_adopt(get_settings(name), name, definitions) for name in method_names()],
        "description": "hyperparameters of the search",
    }
    protocol = _partial(_adopt(Protocol, "Protocol", definitions), definitions)
    layer = {"type": "object", "additionalProperties": {"type": "object"}}
    protocol["properties"] |= {"inherits": {"type": "string"}, "overrides": layer}
    schema["properties"]["protocols"]["additionalProperties"] = {"$ref": "#/$defs/Protocol"}
    schema["properties"]["studies"] = {
        "type": "object",
        "properties": {
            name: {"anyOf": [_adopt(_study_settings(name), f"study-{name}", definitions), NULL]}
            for name in study_names()
        },
        "additionalProperties": False,
    }
    return schema


def _adopt(model: type[BaseModel], name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema()
    definitions.update(schema.pop("$defs", {}))
    definitions[name] = schema
    return {"$ref": f"#/$defs/{name}"}


def _partial(reference: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Make every key of a definition optional, because a missing value may be inherited."""
    name = reference["$ref"].rsplit("/", 1)[1]
    definition: dict[str, Any] = definitions[name]
    definition.pop("required", None)
    return definition


def _study_settings(name: str) -> type[BaseModel]:
    settings: type[BaseModel] = import_module(f"naseval.studies.{name}").Settings
    return settings


def readme() -> str:
    """Return the reference of all keys as Markdown."""
    sections = [INTRODUCTION, _section("All keys", Config, "")]
    sections.append(_section("`protocols.KEY`", Protocol, "`inherits` names another protocol."))
    sections.append(_section("`methods.KEY`", Method, ""))
    sections += [
        _section(f"`methods.{name}.search`", get_settings(name), "") for name in method_names()
    ]
    sections += [_section(f"`studies.{name}`", _study_settings(name), "") for name in study_names()]
    return "\n".join(sections)


def _section(title: str, model: type[BaseModel], note: str) -> str:
    lines = [f"## {title}", "", (model.__doc__ or "").strip().splitlines()[0], note, ""]
    lines += ["| key | value | left out | meaning |", "|---|---|---|---|", *_rows(model, "")]
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel], prefix: str) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{key}` | {_type(field.annotation)} | {_default(field)} | {meaning} |")
        inner, suffix = _inner_model(field.annotation)
        if inner is not None:
            rows += _rows(inner, f"{key}{suffix}.")
    return rows


def _inner_model(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """Return the settings model inside an annotation, and the suffix that its keys have."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    suffix = ".KEY" if get_origin(annotation) is dict else ""
    for argument in get_args(annotation):
        if isinstance(argument, type) and issubclass(argument, BaseModel) and argument != Method:
            return argument, suffix
    return None, ""


def _type(annotation: Any) -> str:
    if annotation is type(None):
        return "nothing"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is None:
        return getattr(annotation, "__name__", str(annotation))
    if origin is dict:
        return "mapping"
    if origin in (list, tuple):
        return f"list of {_type(arguments[0])}"
    if getattr(origin, "__name__", "") == "Literal":
        return " or ".join(f"`{value}`" for value in arguments)
    if getattr(origin, "__name__", "") == "Annotated":
        return _type(arguments[0])
    return " or ".join(_type(argument) for argument in arguments)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "an error"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "nothing" if value in (None, PydanticUndefined) else f"`{json.dumps(value)}`"


def write(root: Path) -> None:
    """Write both files below `root`."""
    schema = json.dumps(json_schema(), indent=2) + "\n"
    write_atomically(root / SCHEMA_FILE, schema.encode())
    write_atomically(root / README_FILE, readme().encode())


if __name__ == "__main__":
    write(Path())
