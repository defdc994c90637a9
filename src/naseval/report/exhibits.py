"""Exhibits: the figures and tables of the report, as the modules that make them declare them.

A module of `PACKAGES` declares its figures in a literal `REPORT_FIGURES` and its tables in a
literal `REPORT_TABLES`. Each is a dictionary from names to the fields of `Exhibit`. Fields below
the key `published`, `reproduced` or `recorded` apply to that source only.

The function of a figure or table takes study tables, labels and other arguments by name. A figure's
function returns a `figures.style.Drawing`. A table's function returns the tidy frame, optionally a
second frame in the layout that people read, and a note.

The literals are read from the syntax tree, so that planning imports neither pandas nor matplotlib.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from naseval.config import Config
from naseval.errors import NasevalError
from naseval.settings.base import Strict
from naseval.settings.validation import merged

Source = Literal["published", "reproduced", "recorded"]
SOURCES: tuple[Source, ...] = ("published", "reproduced", "recorded")
OF_THE_PAPER: tuple[Source, ...] = ("published", "reproduced")
"""The sources that have an exhibit unless it says otherwise."""
PACKAGES = ("analysis", "claims", "figures", "published")
ROOT = Path(__file__).parent.parent
FUNCTIONS = {"REPORT_FIGURES": "draw", "REPORT_TABLES": "table"}
"""The names of the literals, and the default name of the function that makes an exhibit."""

LabelName = Literal["dataset_labels", "method_labels", "protocol_labels", "space_labels"]


class Exhibit(Strict):
    """A figure or a table of one source, as its module declares it."""

    module: str = Field(
        description="the module that declares it, relative to naseval; set automatically"
    )
    title: str = Field(description="its title on the page")
    paper: str = Field(description="what the paper says about it")
    order: int = Field(1000, description="its position on the page; ties are sorted by name")
    sources: tuple[Source, ...] = Field(OF_THE_PAPER, description="the sources that have it")
    function: str = Field(description="the function of the module that returns it")
    study: str = Field("", description="the study that the function takes as `study`, if any")
    inputs: dict[str, str] = Field(
        default_factory=dict,
        description="other Parquet files in the results folder, by argument; {source} is allowed",
    )
    optional: dict[str, str] = Field(
        default_factory=dict,
        description="dotted keys of the configuration, by argument; that input is omitted if its "
        "key is not set",
    )
    labels: tuple[LabelName, ...] = Field((), description="arguments that are labels")
    arguments: dict[str, Any] = Field(default_factory=dict, description="constant arguments")
    settings: dict[str, str] = Field(
        default_factory=dict, description="arguments from the configuration, by dotted keys"
    )
    needs: tuple[str, ...] = Field(
        (), description="dotted keys of the configuration; it is omitted if one is not set"
    )
    part_of: str = Field("", description="the study whose target makes it, if it has no `study`")
    named: bool = Field(
        False, description="whether a table displays labels in its columns dataset and method"
    )

    @property
    def target(self) -> str:
        """The study whose target makes it; if empty, only the target of all studies does."""
        return self.study or self.part_of

    def files(self, source: str) -> dict[str, str]:
        """Return its input files, relative to the results folder, by argument."""
        study = {"study": f"studies/{source}/{self.study}.parquet"} if self.study else {}
        return study | {name: path.format(source=source) for name, path in self.inputs.items()}

    def constants(self, config: Config) -> dict[str, Any]:
        """Return its arguments other than files and labels."""
        return self.arguments | {name: _setting(config, key) for name, key in self.settings.items()}


def figures(source: str, config: Config) -> dict[str, Exhibit]:
    """Return the figures that a source can have, by name, in the order of the page.

    Raise `NasevalError` if a declaration is invalid.
    """
    return _exhibits("REPORT_FIGURES", source, config)


def tables(source: str, config: Config) -> dict[str, Exhibit]:
    """Return the tables that a source can have, by name, in the order of the page.

    Raise `NasevalError` if a declaration is invalid.
    """
    return _exhibits("REPORT_TABLES", source, config)


def _exhibits(kind: str, source: str, config: Config) -> dict[str, Exhibit]:
    found: dict[str, Exhibit] = {}
    for file, declared in _declarations(kind):
        for name, fields in declared.items():
            if name in found:
                raise NasevalError(f"{file}: {kind} {name!r} is also one of {found[name].module}")
            found[name] = _with_inputs(_exhibit(kind, file, name, fields, source), config)
    ordered = sorted(found.items(), key=lambda item: (item[1].order, item[0]))
    return {name: one for name, one in ordered if _is_configured(one, source, config)}


@cache
def _declarations(kind: str) -> list[tuple[Path, dict[str, Any]]]:
    """Return the literals of the name `kind` with the files that contain them."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return [(file, literal) for file in files for literal in _literals(file, kind)]


def _literals(file: Path, kind: str) -> Iterator[dict[str, Any]]:
    text = file.read_text(encoding="utf-8")
    if not re.search(rf"^{kind}\b", text, re.MULTILINE):
        return  # true of most files; skip the slow parsing
    for statement in ast.parse(text, str(file)).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == kind:
                try:
                    yield ast.literal_eval(value)
                except ValueError as error:
                    raise NasevalError(
                        f"{file}: {kind} is read without running the module; write it as a literal"
                    ) from error


def _exhibit(kind: str, file: Path, name: str, fields: dict[str, Any], source: str) -> Exhibit:
    common = {key: value for key, value in fields.items() if key not in SOURCES}
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    declared = {"function": FUNCTIONS[kind], **merged(common, fields.get(source, {}))}
    try:
        return Exhibit(**{**declared, "module": module})
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        unknown = fault["type"] == "extra_forbidden"
        raise NasevalError(
            f"{file}: {kind} {name!r}, key {key}: "
            + ("there is no such key; remove or rename it" if unknown else fault["msg"].lower())
        ) from error


def _with_inputs(exhibit: Exhibit, config: Config) -> Exhibit:
    """Return an exhibit without the optional inputs whose key is not set."""
    omitted = {name for name, key in exhibit.optional.items() if not _setting(config, key)}
    inputs = {name: path for name, path in exhibit.inputs.items() if name not in omitted}
    return exhibit.model_copy(update={"inputs": inputs})


def _is_configured(exhibit: Exhibit, source: str, config: Config) -> bool:
    """Tell whether a source has the inputs of an exhibit.

    The authors' files contain all of them. The reproduced ones depend on the configuration.
    """
    if source not in exhibit.sources or (source == "recorded" and config.recorded is None):
        return False
    missing = source == "reproduced" and exhibit.study and exhibit.study not in config.studies
    return not missing and all(_setting(config, key) for key in exhibit.needs)


def _setting(config: Config, key: str) -> Any:
    """Return the value of a dotted key of the configuration; None if it does not exist.

    A part of the key is a field, a key of a mapping, or an entry of a list or the entry's number.
    """
    value: Any = config
    for part in key.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list | tuple):
            number = value[int(part) :] if part.isdigit() else []
            value = next(iter(number), None) or (part if part in value else None)
        else:
            value = getattr(value, part, None)
    return value
