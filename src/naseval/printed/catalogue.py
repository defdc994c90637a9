"""The cells that papers print, `cells.yaml`, each with its source, in printed form."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from naseval.errors import GenotypeError, NasevalError
from naseval.genotype import Genotype
from naseval.printed.reading import of_text
from naseval.settings.base import Label, PositiveFloat, Strict
from naseval.settings.validation import validated

FILE = Path(__file__).with_name("cells.yaml")


class PrintedCell(Strict):
    """A pair of cells that a paper prints."""

    label: Label = Field(description="the name in figures and tables")
    paper: str = Field(description="where it was published")
    source: str = Field(description="where it was read")
    parameters: PositiveFloat | None = Field(
        None, description="millions, rounded, as the paper prints them"
    )
    note: str = Field("", description="what is to be known when it is compared")
    genotype: str = Field(description="as it is printed")


@cache
def _catalogue() -> dict[str, dict[str, PrintedCell]]:
    spaces = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        space: {
            key: validated(PrintedCell, fields, f"{space}.{key}", where=f"{FILE}: key")
            for key, fields in cells.items()
        }
        for space, cells in spaces.items()
    }


def printed_cells(space: str) -> dict[str, PrintedCell]:
    """Return the cells of a space by their keys; none if the file has none of it.

    Raise `NasevalError` if the file is invalid.
    """
    return _catalogue().get(space, {})


@cache
def printed_genotype(space: str, key: str) -> Genotype:
    """Return the genotype of a printed cell. Raise `NasevalError` if there is none or it is wrong.

    Parameters
    ----------
    space : str
        The space that holds it.
    key : str
        One of the keys of `printed_cells(space)`.

    """
    cells = printed_cells(space)
    if key not in cells:
        raise NasevalError(
            f"no cell {key!r} of the space {space} is known; there are {', '.join(cells) or 'none'}"
        )
    try:
        (found,) = of_text(cells[key].genotype, space)
    except (GenotypeError, ValueError) as error:
        raise NasevalError(f"{FILE}: {space}.{key} is no genotype ({error})") from error
    return found.genotype
