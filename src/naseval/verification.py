"""Check of a whole results folder: is every file what it says, and made as the configuration says?

Each is read as the jobs read it; what is drawn or printed of them is left out. Beyond that, the
inputs that a search or run names in its provenance must be the files that lie there now. Other code
than today's is no fault.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

import pyarrow as pa

from naseval import records, schemas
from naseval.agreement import check_settings, remake
from naseval.budget.calibration import Calibration
from naseval.budget.work import SCHEMA as WORK
from naseval.cards.inputs import read_complexity
from naseval.claims.ledger import SCHEMA as CLAIMS
from naseval.config import Config
from naseval.data.prepared import CHECKS
from naseval.data.store import CHANNEL_FILE, IMAGE_FILES, check_images
from naseval.errors import NasevalError
from naseval.exports import check_archive, checked
from naseval.files import UNREADABLE, check_results, reading
from naseval.published.raw_files import raw_files
from naseval.spaces._files import read_architecture, read_genotype
from naseval.studies import (
    Run,
    asked,
    genotype_file,
    labelled,
    members,
    search_settings,
    supernet,
)
from naseval.studies._gather import read_run
from naseval.studies._settings import PREPARED, Asked, architecture_settings, numbered
from naseval.studies._stopping import look_settings, so_far, stepwise

Parts = tuple[str, ...]
"""The parts of a path below the results folder."""
TABLES = {
    "costs": None,
    "histories": schemas.HISTORIES,
    "baseline-histories": schemas.HISTORIES,
    "supernet-scores": schemas.SCORES,
}
"""Tables beside those of studies, with their schemas if they have one."""
Check = Callable[[Path, Parts], bool]
"""Raises `NasevalError` if a file is at fault, else returns whether it is configured."""


@dataclass
class Verified:
    """How many files of each kind were checked, how many are not configured, and all faults."""

    files: Counter[str] = field(default_factory=Counter)
    unasked: int = 0
    """Files of datasets, protocols, methods or spaces that are not configured, and stray copies."""
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return a line per fault, then one with the counts."""
        counts = ", ".join(f"{kind} {n}" for kind, n in self.files.items()) or "no files"
        counted = f"checked: {counts}; not configured: {self.unasked}; faults: {len(self.faults)}"
        return "".join(f"{line}\n" for line in [*self.faults, counted])

    def refuse_faults(self) -> None:
        """Raise `NasevalError` if there are faults."""
        if self.faults:
            raise NasevalError(
                f"{len(self.faults)} results are not to be believed; do what each line above says"
            )


def verify(config: Config, results: str | Path | None = None) -> Verified:
    """Check the files in a results folder, by default the configured one: those of `by_pattern`.

    Figures, pages and the printed forms of tables are not among them. Raise `NasevalError` if there
    is no such folder, or a part of it cannot be read.
    """
    root, verified = Path(results or config.results), Verified()
    check_results(root)
    patterns = _Checks(config, root).by_pattern()
    _check_readable(root, patterns)
    for pattern, (kind, check) in patterns.items():
        for path in sorted(root.glob(pattern)):
            verified.files[kind] += 1
            try:
                verified.unasked += not check(path, path.relative_to(root).parts)
            except NasevalError as error:
                if str(error) not in verified.faults:  # several files may depend on one
                    verified.faults.append(str(error))
    return verified


def _check_readable(root: Path, patterns: Iterable[str]) -> None:
    """Raise `NasevalError` if a folder cannot be entered, in which a pattern would find nothing."""

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):  # a job may have removed it meanwhile
            raise error

    with reading(root, UNREADABLE):
        next(root.iterdir(), None)
        for name in {PurePath(pattern).parts[0] for pattern in patterns}:
            for _ in os.walk(root / name, onerror=refuse):
                pass


@dataclass(frozen=True)
class _Checks:
    """The checks of all kinds of files in a results folder."""

    config: Config
    root: Path
    digests: dict[Path, str] = field(default_factory=dict)
    """The digests of inputs, each computed once."""

    def by_pattern(self) -> dict[str, tuple[str, Check]]:
        """Return, by the pattern of their paths, the kind and the check of files."""
        return {
            "data/*/*": ("data", self.data),
            "architectures/*/random-*.json": ("random genotypes", self.architecture),
            "architectures/*/printed-*.json": ("printed genotypes", self.architecture),
            "searches/*/*/seed-*/history.parquet": ("searches", self.history),
            "searches/*/*/seed-*/genotype.json": ("found genotypes", self.architecture),
            "scored/*/*/seed-*/*.parquet": ("scored searches", self.scored),
            "scored/*/*/seed-*/genotype.json": ("found genotypes", self.found_beside),
            "untrained/*/*/*.parquet": ("scores without training", self.untrained),
            "runs/**/seed-*.parquet": ("runs", self.run),
            "recorded/*/architectures.parquet": ("recorded architectures", self.table()),
            "recorded/*/*/searches.parquet": ("recorded searches", self.table()),
            "studies/*/*.parquet": ("study tables", self.study),
            "decisions/*/*/look-*.parquet": ("looks", self.look),
            "decisions/*.parquet": ("decisions", self.table(schemas.LOOK)),
            "complexity/**/*.parquet": ("sizes", self.complexity),
            "work/*.parquet": ("work", self.table(WORK)),
            "claims/*.parquet": ("claims", self.table(CLAIMS)),
            "tables/*/*.parquet": ("tables", self.table()),
            "budget.parquet": ("budget", self.table()),
            "diagnostics/**/*.parquet": ("diagnostics", self.table()),
            "calibration/*.json": ("calibrations", self.calibration),
            "exports/*.zip": ("exports", self.export),
            "published/raw/**/*.*": ("the authors' files", self.raw),
        }

    @cached_property
    def settings(self) -> Asked:
        """The settings of everything that is configured."""
        config = self.config
        runs = {member.run for study in config.studies for member in members(config, study)}
        return asked(config, runs)

    @cached_property
    def so_far(self) -> Config:
        """The configuration with the runs that the verdicts so far ask for."""
        return so_far(self.config, self.root)

    def data(self, path: Path, parts: Parts) -> bool:
        """Check a file of a dataset by itself, against the others, and by the configuration."""
        if parts[1] not in self.config.datasets:
            return False
        dataset = self.config.datasets[parts[1]]
        if path.name in IMAGE_FILES.values():
            if path.name == IMAGE_FILES[dataset.images]:
                check_images(path.parent, dataset.images)
        elif path.name in CHECKS:
            training = dataset.training.model_dump(mode="json")
            prepared = dataset.model_dump(mode="json", include=PREPARED)
            CHECKS[path.name](path.parent, training, prepared)
        return True

    def architecture(self, path: Path, parts: Parts) -> bool:
        """Check a genotype by its draw, or by the history of its search."""
        name = f"{parts[1]}/{path.stem}" if len(parts) == 3 else f"{parts[2]}/{parts[1]}/{parts[3]}"
        try:
            settings = architecture_settings(self.settings, name)
        except KeyError:
            read_genotype(path)
            return False
        read_architecture(path, settings)
        return True

    def history(self, path: Path, parts: Parts) -> bool:
        """Check the history of a search, its settings and its inputs."""
        made = records.provenance_in(records.read(path, schemas.HISTORY))
        _, dataset, method, seed, _ = parts
        try:
            settings = search_settings(self.settings, dataset, method, numbered("seed", seed))
        except KeyError:
            return False
        check_settings(path, made, settings)
        self._check_inputs(path, made, dataset)
        return True

    def scored(self, path: Path, parts: Parts) -> bool:
        """Check the history or the scores of a scored search, its settings and its inputs."""
        schema = schemas.HISTORY if path.name == "history.parquet" else schemas.SUPERNET_SCORES
        made = records.provenance_in(records.read(path, schema))
        search = self._scored_search(parts)
        if search is None:
            return False
        check_settings(path, made, supernet.scored_settings(self.config, *search))
        self._check_inputs(path, made, parts[1])
        return True

    def found_beside(self, path: Path, parts: Parts) -> bool:
        """Check the genotype of a scored search by the history beside it."""
        search = self._scored_search(parts)
        if search is None:
            read_genotype(path)
            return False
        read_architecture(path, supernet.scored_settings(self.config, *search))
        return True

    def _scored_search(self, parts: Parts) -> tuple[str, str, int] | None:
        """Return dataset, method and seed of a scored search; None if it is not configured."""
        folder = "/".join(parts[:-1])
        searches = supernet.scored_searches(self.config)
        return next((one for one in searches if supernet.scored_folder(*one) == folder), None)

    def untrained(self, path: Path, parts: Parts) -> bool:
        """Check scores of networks that nobody trained, and their settings."""
        made = records.provenance_in(records.read(path, schemas.UNTRAINED_SCORES))
        pool = parts[1], path.stem, parts[2]
        if pool not in supernet.pools(self.config):
            return False
        check_settings(path, made, supernet.untrained_settings(self.config, *pool))
        return True

    def run(self, path: Path, parts: Parts) -> bool:
        """Check a run, its settings and its inputs."""
        try:
            run = _run(parts)
            _, made = read_run(path, self.settings, run)
        except KeyError:
            records.read(path, schemas.RUN)
            return False
        self._check_inputs(path, made, run.dataset, genotype_file(run.genotype))
        return True

    def _check_inputs(
        self, path: Path, made: dict[str, Any], dataset: str, genotype: str | None = None
    ) -> None:
        """Raise `NasevalError` if an input that still exists is not the one that was used."""
        files = [self.root / "data" / dataset / name for name in ("splits.parquet", CHANNEL_FILE)]
        files += [self.root / genotype] if genotype else []
        for file in filter(Path.exists, files):
            if made["inputs"].get(file.name) != self._digest(file):
                raise NasevalError(
                    f"{path} was made with another {file}; make it again by {remake(path)}"
                )

    def _digest(self, file: Path) -> str:
        if file not in self.digests:
            self.digests[file] = records.content_digest(file)
        return self.digests[file]

    def study(self, path: Path, parts: Parts) -> bool:
        """Check a study's table; one of our own must have the configured runs and settings."""
        source, name = parts[1], path.stem
        if name in TABLES or source != "reproduced":
            records.read(path, TABLES.get(name))
            return True
        made = records.provenance_in(records.read(path, schemas.STUDY))
        if name not in self.config.studies:
            return False
        runs = {member.run for member in members(self.config, name)}
        rows, settings = labelled(self.so_far, name), asked(self.config, runs)
        check_settings(path, made, {"members": rows, "asked": settings})
        if all((self.root / row["path"]).exists() for row in rows):
            checked(self.root, path, name, rows, settings, self.config.study(name).diverged)
        return True

    def look(self, path: Path, parts: Parts) -> bool:
        """Check the verdict of a look, its settings, and that the runs are those it was made of."""
        made = records.provenance_in(records.read(path, schemas.LOOK))
        _, dataset, method, _ = parts
        if (dataset, method) not in stepwise(self.config):
            return False
        check_settings(path, made, look_settings(self.config, (dataset, method)))
        for name, digest in made["inputs"].items():
            file = self.root / name
            if file.exists() and self._digest(file) != digest:
                raise NasevalError(
                    f"{path} was judged from another {file}; make it again by {remake(path)}"
                )
        return True

    def complexity(self, path: Path, _parts: Parts) -> bool:
        """Check the sizes of the networks for a dataset."""
        if path.stem not in self.config.datasets:
            return False
        read_complexity(self.config, path)
        return True

    def table(self, schema: pa.Schema | None = None) -> Check:
        """Return the check of a table that is only read."""

        def check(path: Path, _parts: Parts) -> bool:
            records.read(path, schema)
            return True

        return check

    def calibration(self, path: Path, _parts: Parts) -> bool:
        """Check a calibration."""
        Calibration.read(path)
        return True

    def export(self, path: Path, _parts: Parts) -> bool:
        """Check an archive by its checksums."""
        check_archive(path)
        return True

    def raw(self, path: Path, _parts: Parts) -> bool:
        """Check one of the authors' files by its pinned digest."""
        name = path.relative_to(self.root / "published/raw").as_posix()
        if name not in raw_files():
            return False
        if not any(form.matches(path.read_bytes()) for form in raw_files()[name].forms):
            raise NasevalError(
                f"{path} is not the file that the authors published; make it again by "
                f"{remake(path)}"
            )
        return True


def _run(parts: Parts) -> Run:
    """Return the run that has a file with this path. Raise `KeyError` if none can have it."""
    match parts:
        case (_, dataset, protocol, _, *_, file):
            seed = numbered("seed", file.removesuffix(".parquet"))
            return Run(dataset, protocol, "/".join(parts[3:-1]), seed)
        case _:
            raise KeyError(parts)
