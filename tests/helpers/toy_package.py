"""A toy package called naseval, and what is in the digests of jobs that use it."""

from dataclasses import dataclass
from pathlib import Path

from naseval.provenance import code_digest, explain


@dataclass(frozen=True)
class Toy:
    """The package in `folder`/naseval, and scripts beside it."""

    folder: Path

    @property
    def source(self) -> Path:
        """The package's folder."""
        return self.folder / "naseval"

    def write(self, **files: str) -> "Toy":
        """Write modules, `a__b` is naseval/a/b.py; a package's own file is `a____init__`."""
        for name, text in {"__init__": "", **files}.items():
            self.put(f"{self._path(name)}.py", text)
        return self

    def put(self, file: str, text: str) -> "Toy":
        """Write a file below the package's folder, and the `__init__.py` of the folders above."""
        path = self.source / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for folder in path.relative_to(self.source).parents:
            (self.source / folder / "__init__.py").touch()
        return self

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace text in a file of the package."""
        path = self.source / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def script(self, text: str, name: str = "rule.py") -> Path:
        """Write a script."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def digest(self, *modules: str, script: str = "") -> str:
        """Return the digest of a job."""
        return code_digest(*modules, scripts=[self.script(script)], source=self.source)

    def names(self, *modules: str, script: str = "") -> set[str]:
        """Return what is in the digest, the script left out and `naseval.` with it."""
        found = explain(*modules, scripts=[self.script(script)], source=self.source)
        return {name.removeprefix("naseval.") for name in found if not name.startswith("rule.py")}

    def _path(self, name: str) -> str:
        if name.endswith("__init__"):
            return name.removesuffix("__init__").replace("__", "/") + "__init__"
        return name.replace("__", "/")
