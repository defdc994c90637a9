"""Export of a study as one ZIP file: runs, genotypes, protocols, README, RO-Crate and checksums."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from naseval import records
from naseval.agreement import remake
from naseval.analysis.finals import finals
from naseval.analysis.tables import markdown
from naseval.crates import METADATA
from naseval.errors import NasevalError
from naseval.files import atomic_path
from naseval.provenance import versions
from naseval.schemas import STUDY
from naseval.settings.base import WhenDiverged
from naseval.spaces._files import read_architecture
from naseval.studies import genotype_file
from naseval.studies._gather import Gathered, gather_runs
from naseval.studies._settings import Asked, architecture_settings

MOMENT = (1980, 1, 1, 0, 0, 0)
"""Modification date of every entry. It is fixed, so equal results give equal bytes."""
CHECKSUMS = "SHA256SUMS"

LISTED = ["dataset", "method", "origin", "space", "genotype", "protocol", "seed", "epochs"]
WHAT = {
    "runs.csv": "every run: dataset, method, genotype, protocol, seed, best and last accuracy",
    "configuration.yaml": "the configuration as it was run, overlays applied",
    "runs/": "one Parquet per run, one row per epoch",
    "architectures/": "the random genotypes as JSON",
    "searches/": "the genotypes found, as JSON, and one Parquet per search, one row per epoch",
    "studies/": "all runs in one table",
    "decisions/": "the verdicts by which runs were added in steps",
    METADATA: "what is said here, for machines: an RO-Crate 1.1 (researchobject.org)",
    CHECKSUMS: "check with: sha256sum -c SHA256SUMS",
}
"""What the archive's files are, by their names or by the folder that they are in."""

READING = (
    "Every Parquet carries its provenance as JSON in its schema metadata, below the key `naseval`: "
    "the full protocol or hyperparameters, the seed, commit and digest of the code, digests of the "
    "inputs, library versions, device, start and end. In Python: "
    '`json.loads(pyarrow.parquet.read_schema(FILE).metadata[b"naseval"])`.'
)
ACCURACIES = (
    "Accuracies are per cent of test images, top-1; `best` is the maximum over epochs, `last` the "
    "end of the training."
)


def checked(
    results: str | Path,
    table: str | Path,
    study: str,
    members: Sequence[Mapping[str, Any]],
    asked: Asked,
    diverged: WhenDiverged,
) -> Gathered:
    """Return `gather_runs` of a study whose files are to be exported.

    Raise `NasevalError`, with the path, if a run or a genotype is damaged or was made with other
    settings, or if the file `table` is not the table of the runs.
    """
    gathered = gather_runs(results, study, members, asked, diverged)
    if records.digest(records.read(table, STUDY)) != records.digest(gathered.table):
        raise NasevalError(
            f"{table} is not the table of the runs that exist; make it again by {remake(table)}"
        )
    for genotype in dict.fromkeys(member["genotype"] for member in members):
        if file := genotype_file(genotype):
            read_architecture(Path(results, file), architecture_settings(asked, genotype))
    return gathered


def write_archive(path: str | Path, root: str, contents: Mapping[str, bytes | Path]) -> None:
    """Write a ZIP file whose entries are in the folder `root`, sorted by name.

    `contents` maps names to bytes or to the path of a file. `SHA256SUMS` is added; `sha256sum -c
    SHA256SUMS` checks the unpacked files.
    """
    digests = []
    with (
        atomic_path(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in sorted(contents):
            held = contents[name]
            content = held.read_bytes() if isinstance(held, Path) else held
            digests.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            archive.writestr(_entry(f"{root}/{name}"), content)
        archive.writestr(_entry(f"{root}/{CHECKSUMS}"), "".join(digests))


def check_archive(path: str | Path) -> None:
    """Raise `NasevalError` unless a file is an archive that `write_archive` wrote."""
    try:
        with zipfile.ZipFile(path) as archive:
            *names, last = archive.namelist()
            root = last.removesuffix(CHECKSUMS)
            found = "".join(
                f"{hashlib.sha256(archive.read(name)).hexdigest()}  {name.removeprefix(root)}\n"
                for name in names
            )
            whole = archive.read(last) == found.encode()
    except Exception as error:  # whatever the reader of a damaged archive stumbles over
        raise NasevalError(f"{path} is damaged; make it again by {remake(path)}") from error
    if not whole:
        raise NasevalError(f"{path} differs from its {CHECKSUMS}; make it again by {remake(path)}")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def relative_paths(results: Path, files: Iterable[str | Path]) -> dict[str, bytes | Path]:
    """Map paths relative to the results folder to the files."""
    return {Path(file).relative_to(results).as_posix(): Path(file) for file in files}


def run_list(study: pd.DataFrame) -> pd.DataFrame:
    """Return one row per run: identifying columns, epochs, `best` and `last` accuracy (in %).

    The column `diverged` tells which runs diverged; those without accuracies are left out.
    """
    return finals(study)[[*LISTED, "best", "last", "diverged"]]


def readme(
    study: str,
    runs: pd.DataFrame,
    names: set[str],
    provenance: Mapping[str, Any],
    runs_by_code: Mapping[str, int],
) -> str:
    """Return the text of README.md.

    `names` are the names of the archive's entries. `runs_by_code` has the number of runs by the
    digest of the code that made them.
    """
    tops = {*map(_top, names), METADATA, CHECKSUMS}
    files = pd.DataFrame(
        [(name, what) for name, what in WHAT.items() if name in tops],
        columns=["file", "what"],
    )
    counts = runs.groupby(["dataset", "origin", "protocol"], sort=False).size()
    counted = counts.rename("runs").reset_index()
    return "\n".join(
        (
            f"# The runs of the study `{study}`",
            "",
            "Made by naseval, a pipeline for *NAS evaluation is frustratingly hard* (Yang, "
            "Esperança and Carlucci, ICLR 2020).",
            f"Commit {provenance['commit'] or 'unknown'}"
            f"{', with changes' if provenance['dirty'] else ''}; {len(runs)} runs, made by the "
            f"code with the digest {versions(runs_by_code)}.",
            "",
            markdown(files, "Files", READING).strip(),
            "",
            markdown(counted, "Runs", ACCURACIES).strip(),
            "",
        )
    )


def described(names: Iterable[str]) -> dict[str, str]:
    """Return what each of the archive's files is."""
    return {name: WHAT.get(_top(name), "what is in this archive") for name in names}


def _top(name: str) -> str:
    return name if "/" not in name else f"{name.split('/')[0]}/"


def configuration(config: Mapping[str, Any]) -> bytes:
    """Return the configuration as YAML."""
    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True).encode()
