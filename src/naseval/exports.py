"""Exports a study as a ZIP archive with runs, genotypes, protocols, README and checksums."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from naseval.analysis.finals import finals
from naseval.analysis.tables import markdown
from naseval.files import atomic_path

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, constant so that the same results give the same bytes."""
CHECKSUMS = "SHA256SUMS"

LISTED = ["dataset", "method", "origin", "space", "genotype", "protocol", "seed", "epochs"]
WHAT = {
    "runs.csv": "every run: dataset, method, genotype, protocol, seed, best and last accuracy",
    "configuration.yaml": "the configuration as it was run, overlays applied",
    "runs/": "one Parquet per run, one row per epoch",
    "architectures/": "the random genotypes as JSON",
    "searches/": "the genotypes found, as JSON, and one Parquet per search, one row per epoch",
    "studies/": "all runs in one table",
    "SHA256SUMS": "check with `sha256sum -c SHA256SUMS`",
}

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


def write_archive(path: str | Path, root: str, contents: Mapping[str, bytes | Path]) -> None:
    """Write a ZIP file with the entries `contents` below the folder `root`, sorted by name.

    `contents` maps names to bytes, or to the file that holds them. An entry `SHA256SUMS` is added;
    `sha256sum -c SHA256SUMS` then verifies the unpacked files.
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


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def relative_paths(results: Path, files: Iterable[str | Path]) -> dict[str, bytes | Path]:
    """Return the files, by their paths relative to the results folder."""
    return {Path(file).relative_to(results).as_posix(): Path(file) for file in files}


def run_list(study: pd.DataFrame) -> pd.DataFrame:
    """Return one row per run, with the columns `LISTED`, `best` and `last` (accuracy, per cent)."""
    return finals(study)[[*LISTED, "best", "last"]]


def readme(study: str, runs: pd.DataFrame, names: set[str], provenance: Mapping[str, Any]) -> str:
    """Return the text of the archive's README.md; `names` are the other entries of the archive."""
    tops = {name if "/" not in name else f"{name.split('/')[0]}/" for name in names}
    files = pd.DataFrame(
        [(name, what) for name, what in WHAT.items() if name in tops or name == "SHA256SUMS"],
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
            f"{', with changes' if provenance['dirty'] else ''}; {len(runs)} runs.",
            "",
            markdown(files, "Files", READING).strip(),
            "",
            markdown(counted, "Runs", ACCURACIES).strip(),
            "",
        )
    )


def configuration(config: Mapping[str, Any]) -> bytes:
    """Return the configuration as YAML."""
    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True).encode()
