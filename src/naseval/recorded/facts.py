"""Facts about a table that are known before it is fetched, from its file `tables/NAME.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from naseval.errors import NasevalError
from naseval.methods._trials import Need
from naseval.pinned import Form, Mirror, fetch_pinned
from naseval.settings.base import Positive, Strict
from naseval.settings.validation import validated

FOLDER = Path(__file__).with_name("tables")
MIRROR = Mirror("NASEVAL_RECORDED", "recorded.mirror", "the tables' files")
ADDRESS = "https://raw.githubusercontent.com/{repository}/{commit}/{path}"


class TableFile(Strict):
    """A file of a public repository, at one commit."""

    repository: str
    commit: str
    path: str
    bytes: Positive
    sha256: str

    @property
    def url(self) -> str:
        """The address of the file."""
        return ADDRESS.format(**self.model_dump(include={"repository", "commit", "path"}))


class Facts(Strict):
    """What a table holds, and what it offers to a method."""

    title: str
    architectures: Positive
    has: list[Need | Literal["repeats"]]
    """What methods may need. `repeats`: several trainings of each architecture, of which
    a search sees one and is reported by another.
    """
    scores: list[str] = Field(default_factory=list)
    """The scores, by their names in the configuration; the higher, the better."""
    epochs: Positive | None = None
    """The last epoch that a method may see, if the table has fidelities."""
    verdicts: bool
    """True if differences between methods mean something, since no result was selected on."""
    remark: str
    """What a reader of the results must know."""
    licence: str
    citation: str
    files: dict[str, TableFile] = Field(default_factory=dict)
    """The files to fetch, by the names they get."""
    published: list[str] = Field(default_factory=list)
    """The files of the paper's authors that it is read from, by their paths."""

    def expected(self) -> dict[str, Any]:
        """Return the facts that what is read must agree with."""
        return {"architectures": self.architectures, "scores": sorted(self.scores)}


def get_facts(table: str) -> Facts:
    """Return the facts of the table with this name.

    Raise `NasevalError` if there is no such table or its facts are invalid.
    """
    path = FOLDER / f"{table}.yaml"
    if not path.exists():
        raise NasevalError(f"nothing is known of the table {table}: state its facts in {path}")
    return _read(path)


@cache
def _read(path: Path) -> Facts:
    fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    return validated(Facts, fields or {}, where=f"{path}: key")


def fetch_file(name: str, file: TableFile, target: str | Path, mirror: str | None = None) -> None:
    """Fetch a file of a table to `target`; it is verified before it is written there.

    It is copied from the folder that the environment variable NASEVAL_RECORDED or else `mirror`
    names, where it has the name `name` or its path in the repository. If the folder does not
    contain it, it is downloaded. Raise `NasevalError` if that fails or the file is not the pinned
    one.
    """
    forms = [Form(path, file.bytes, file.sha256) for path in (name, file.path)]
    fetch_pinned(forms, file.url, target, MIRROR, mirror)
