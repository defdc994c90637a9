"""The kinds of job: what the rules name, as Snakemake plans them."""

import json
from dataclasses import dataclass

from naseval.provenance import code_digest, digest
from paths import HELPERS

TARGETS = ("all", "figures", "tables", "claims", "exports", "results/spaces/darts.md")


@dataclass(frozen=True, order=True)
class Kind:
    """Jobs of one script, for which their rule names the same modules."""

    script: str
    modules: tuple[str, ...]

    @classmethod
    def read(cls, line):
        """Read a kind from a line of JSON."""
        modules, scripts = json.loads(line)
        return cls(scripts[0], tuple(modules))

    def closure(self, folder):
        """Return what the job can reach in the project in `folder`."""
        script = folder / "workflow/scripts" / self.script
        return digest.closure(*self.modules, scripts=[script], source=folder / "src/naseval")

    def digest(self, folder):
        """Return the digest in the project in `folder`."""
        script = folder / "workflow/scripts" / self.script
        return code_digest(*self.modules, scripts=[script], source=folder / "src/naseval")

    def __str__(self):
        named = [name.removeprefix("naseval.") for name in self.modules]
        return f"{self.script} {' '.join(named[:3])}{' ...' if len(named) > 3 else ''}"


def planned(project, *targets):
    """Return the kinds of job that a project's targets can need."""
    file = project.folder / "planned.jsonl"
    watched = {"first_path": str(HELPERS / "traced"), "NASEVAL_PLANNED": str(file)}
    done = project.snakemake("--dry-run", *targets, **watched)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    return sorted({Kind.read(line) for line in file.read_text().splitlines()})
