"""Entries of the configuration as they are written: spaces, protocols and methods; folders."""

import os
import re
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from naseval.settings.base import Distinct, Label, NonNegative, Strict, empty_if_none
from naseval.settings.program import Command

FOLDER = r"[\w./+@,=][\w./+@,= -]*"
LONGEST_PATH = 3500
"""Bytes of the path of the results, which leaves room for what is below."""


def _folder(path: str) -> str:
    """Return the path in the one form that Snakemake takes for the same file."""
    # Schedulers and Snakemake use the path on command lines and in file name patterns.
    if not re.fullmatch(FOLDER, path):
        raise ValueError("a folder is named by letters, digits, spaces and . / _ - + @ , =")
    folder = os.path.normpath(path)
    if len(os.fsencode(folder)) > LONGEST_PATH:
        raise ValueError(f"a path may have {LONGEST_PATH} bytes")
    return folder


Folder = Annotated[str, AfterValidator(_folder)]
Overrides = Annotated[
    dict[str, dict[str, Any]],
    BeforeValidator(empty_if_none),
    WithJsonSchema(
        {
            "type": ["object", "null"],
            "additionalProperties": {"type": ["object", "null"], "additionalProperties": True},
        }
    ),
]
"""Other values by the size of the images or by the dataset. Null is the same as nothing."""


class SpaceChoice(Strict):
    """How a space is sampled."""

    sampler: str = Field(description="one of the space's samplers")


class Cost(Strict):
    """What one search cost, as those who searched state it."""

    seconds: NonNegative = Field(description="seconds of one search on one device")
    device: Label = Field(description="the device, e.g. cuda (V100)")


class Method(Strict):
    """A search method with its space, its protocol, and its search, genotypes or program."""

    label: Label = Field(description="the name in figures and tables")
    algorithm: str | None = Field(
        None, description="module of naseval.methods; by default the method's own key"
    )
    reconstruction: bool = Field(False, description="true if no public code exists; it is marked")
    space: str = Field(description="the search space, by its name")
    protocol: str = Field(description="the protocol of its augmentations, by its key")
    search: dict[str, Any] | None = Field(
        None, description="hyperparameters of the search, see below"
    )
    genotypes: str | None = Field(
        None,
        min_length=1,
        description="in place of `search`: a file or a folder of what was found elsewhere, one "
        "genotype per search seed (docs/your-method.md)",
    )
    command: Command | None = Field(
        None,
        description="in place of `search`: a program that searches, with its arguments, one a "
        "line; {data}, {seed}, {output} and {checkpoint} are filled in (docs/your-method.md)",
    )
    environment: Folder | None = Field(
        None,
        description="with `command`: folder of a virtual or conda environment, whose programs are "
        "found first",
    )
    files: Annotated[list[str], Distinct] = Field(
        default_factory=list,
        description="with `command`: files and folders whose content the searches depend on, e.g. "
        "the program's code and the list of its libraries",
    )
    cost: Cost | None = Field(
        None,
        description="with `genotypes`: what a search cost; with `command`: what the budget counts "
        "for one until some are timed",
    )
    overrides: Overrides = Field(
        default_factory=dict,
        description="other values for `small` or `large` images or for one dataset",
    )

    @model_validator(mode="after")
    def _searches_or_has_genotypes(self) -> Self:
        if self.search is None and self.genotypes is None and self.command is None:
            raise ValueError(
                "a method needs search, its hyperparameters, genotypes, a file of what it found, "
                "or command, a program that searches"
            )
        if self.genotypes is None and self.command is None and self.cost is not None:
            raise ValueError(
                "cost is for methods with genotypes or command, others are timed; remove it"
            )
        if self.genotypes is not None and (self.search is not None or self.algorithm is not None):
            raise ValueError("a method with genotypes does not search; remove search and algorithm")
        return self

    @model_validator(mode="after")
    def _has_one_program(self) -> Self:
        others = (self.search, self.algorithm, self.genotypes)
        if self.command is not None and any(other is not None for other in others):
            raise ValueError(
                "a method with command searches by that program; remove search, algorithm and "
                "genotypes"
            )
        if self.command is None and (self.environment is not None or self.files):
            raise ValueError("environment and files are for methods with command; remove them")
        return self


class ProtocolEntry(BaseModel):
    """A protocol as it is written: any of the keys of `Protocol`, some of them inherited."""

    model_config = ConfigDict(extra="allow", frozen=True)

    inherits: str | None = Field(None, description="another protocol, whose values hold here too")
    overrides: Overrides = Field(
        default_factory=dict,
        description="other values for `small` or `large` images or for one dataset",
    )
