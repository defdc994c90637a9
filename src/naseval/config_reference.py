"""The JSON schemas and the reference page of the configuration, generated from its types.

`python -m naseval.config_reference` writes config.schema.json and overlay.schema.json, below
workflow/schemas/, and config/README.md below the working directory. A test fails if they differ
from the types.
"""

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from naseval.config import Config, network_options
from naseval.files import write_atomically
from naseval.methods import algorithm_names, get_algorithm, get_settings, method_names
from naseval.settings.base import SearchSettings
from naseval.settings.entries import Method
from naseval.settings.protocol import Protocol
from naseval.spaces import get_space, space_names
from naseval.studies import study_names

SCHEMA_FILE = "workflow/schemas/config.schema.json"
OVERLAY_SCHEMA_FILE = "workflow/schemas/overlay.schema.json"
README_FILE = "config/README.md"

NULL = {"type": "null"}

INTRODUCTION = """\
# Configuration

`config.yaml` is the paper at full scale. Overlays change only the keys that they contain. They are
given to one `--configfile`, and later ones take precedence:

```sh
snakemake --cores all --configfile config/demo.yaml mine.yaml
```

Of two `--configfile`, Snakemake would read the last one only, so that is an error. Mappings are
merged key by key; anything else is replaced. Everything is checked before the first job starts: an
unknown key, a key that stands twice in a file, a misspelt name, an invalid value, or a network,
split or study that could not be trained or drawn gives one sentence with the key and the remedy.
Jobs get what was checked. A results folder remembers its overlays (`overlays.json`); a command that
leaves one out, or gives them in another order, is refused before it would compute these results
again with other settings; `published`, `recorded` and `download` compute none of them. Only the
names are remembered: what the changes of an edited overlay touch is computed again anyway.

| file | content |
|---|---|
| `config.yaml` | the paper: its numbers, all of them data, none a constant in the code |
| `demo.yaml` | overlay: the whole workflow in minutes on two CPU cores |
| `demo-baselines.yaml` | overlay of the demo: all baselines on its digits |
| `demo-supernet.yaml` | overlay of the demo: how well shared weights rank, on its digits |
| `printed.yaml` | overlay of `demo.yaml`: the cells that papers print, on digits |
| `fashion.yaml` | overlay: the paper's questions on Fashion-MNIST, an evening on a CPU |
| `successors.yaml` | overlay: methods that came after the paper, on CIFAR-10 and CIFAR-100 |
| `supernet.yaml` | overlay: how well shared weights rank, on CIFAR-10 |
| `cifar-small.yaml` | overlay: the paper's questions on CIFAR-10 at 16×16, a night on a CPU |
| `authors-code.yaml` | overlay: the values of the authors' programs that differ from the paper |

Protocols and methods have `overrides`: other values for `small` images, for `large` ones, or for
one dataset by its key; what is left empty (`null`) overrides nothing. They are applied in this
order: what a protocol inherits (as it is for this dataset), the entry itself, its overrides for the
size of the images, its overrides for the dataset. Overrides change neither a method's `algorithm`,
`label` and `reconstruction`, nor which of `search`, `genotypes` and `command` it has: that would be
another method, with an entry of its own.

The first line of each file names its JSON schema (`workflow/schemas/`): an editor that reads it,
such as VS Code with the extension YAML, completes keys, explains them and marks mistakes. Begin an
overlay of your own with `# yaml-language-server: $schema=../workflow/schemas/overlay.schema.json`.

This page is generated from the types in `naseval.config` and `naseval.settings` (`make docs`).
"""


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration (draft 2020-12)."""
    schema = Config.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    del definitions["StudySettings"]  # each study has its own settings, see below
    del definitions["ProtocolEntry"]  # its keys are those of a protocol, all of them optional
    definitions["Method"]["properties"]["search"] = {
        "anyOf": [
            *(_search(name, definitions) for name in method_names()),
            NULL,
        ],
        "description": "hyperparameters of the search",
    }
    protocol = _partial(_adopt(Protocol, "Protocol", definitions), definitions)
    layer = Method.model_json_schema()["properties"]["overrides"]
    protocol["properties"] |= {
        "inherits": {"anyOf": [{"type": "string"}, NULL]},
        "overrides": layer,
        "network": network_options(tuple(space_names())).model_json_schema(),
    }
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


def overlay_schema() -> dict[str, Any]:
    """Return the JSON schema of overlays: that of the configuration, whose keys may be left out."""
    schema: dict[str, Any] = _optional(json_schema())
    return schema


def _optional(part: Any) -> Any:
    if isinstance(part, list):
        return [_optional(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _optional(value)
        for key, value in part.items()
        if not (key == "required" and isinstance(value, list))
    }


def _adopt(model: type[BaseModel], name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema()
    definitions.update(schema.pop("$defs", {}))
    definitions[name] = schema
    return {"$ref": f"#/$defs/{name}"}


def _search(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """Adopt the settings of a method's searches; what its entry gives may be left out."""
    settings = get_settings(name)
    reference = _adopt(settings, name, definitions)
    required: list[str] = definitions[name]["required"]
    definitions[name]["required"] = [key for key in required if key not in settings.from_method]
    return reference


def _from_method(model: type[BaseModel]) -> Mapping[str, str]:
    return model.from_method if issubclass(model, SearchSettings) else {}


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
    sections += [
        _section(
            f"`protocols.KEY.network` for the space {space}", get_space(space).network_options, ""
        )
        for space in space_names()
        if get_space(space).network_options.model_fields
    ]
    sections.append(_section("`methods.KEY`", Method, ""))
    sections += [
        _section(f"`methods.{name}.search`", get_settings(name), "") for name in method_names()
    ]
    sections += [_section(f"`studies.{name}`", _study_settings(name), "") for name in study_names()]
    sections += [
        _section(
            f"`recorded.methods.KEY.search` with algorithm `{name}`",
            get_algorithm(name).Settings,
            "",
        )
        for name in algorithm_names()
    ]
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
        left_out = _from_method(model).get(name, _default(field))
        rows.append(f"| `{key}` | {_type(field.annotation)} | {left_out} | {meaning} |")
        inner, suffix = _inner_model(field.annotation)
        if inner not in (None, Protocol):
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
    """Write all three files below `root`."""
    for file, schema in ((SCHEMA_FILE, json_schema()), (OVERLAY_SCHEMA_FILE, overlay_schema())):
        write_atomically(root / file, f"{json.dumps(schema, indent=2)}\n".encode())
    write_atomically(root / README_FILE, readme().encode())


if __name__ == "__main__":
    write(Path())
