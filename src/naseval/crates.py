"""What an archive of a study says of itself to machines: an RO-Crate (researchobject.org).

The metadata follow RO-Crate 1.1 and the profile Process Run Crate 0.5: the files, and the run of
this software that made them.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
"""The file of the metadata, in the folder that it describes."""
VERSION = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
PAPER = "https://openreview.net/forum?id=HygrdpVKvr"
CONFIGURATION = "configuration.yaml"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".yaml": "application/yaml",
}


def crate_metadata(
    study: str, files: Mapping[str, str], made: Iterable[Mapping[str, Any]], version: str
) -> bytes:
    """Return the content of `ro-crate-metadata.json` for the archive of a study.

    `files` maps the archive's files to what they are, `made` has the provenance of the runs (not
    empty), and `version` names the software that made them. Equal arguments give equal bytes: the
    date is that of the last run.
    """
    times = [(str(run["start"]), str(run["end"])) for run in made]
    start, end = min(start for start, _ in times), max(end for _, end in times)
    crate = ROCrate(version=VERSION)
    crate.name = f"The runs of the study {study}"
    crate.description = (
        "Architectures trained from scratch, to compare searched with random ones as in the paper "
        "NAS evaluation is frustratingly hard. README.md says which file is what."
    )
    crate.datePublished = end[:10]
    crate.root_dataset["conformsTo"] = _add(
        crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )
    crate.root_dataset["citation"] = _add(
        crate, PAPER, "ScholarlyArticle", name="NAS evaluation is frustratingly hard"
    )
    crate.license = _add(
        crate,
        "#licence",
        "CreativeWork",
        name="No licence is stated",
        description="Whoever publishes these results names its licence and its authors here.",
    )
    held = {
        name: crate.add_file(
            dest_path=name,
            properties={"name": name, "description": what, "encodingFormat": media_type(name)},
        )
        for name, what in sorted(files.items())
    }
    software = _add(
        crate, "#naseval", "SoftwareApplication", name="naseval", softwareVersion=version
    )
    crate.root_dataset["mentions"] = _add(
        crate,
        "#run",
        "CreateAction",
        name=f"The study {study}",
        description="Searches, trainings from scratch, and the table of the runs.",
        instrument=software,
        object=held[CONFIGURATION],
        result=[file for name, file in held.items() if name != CONFIGURATION],
        startTime=start,
        endTime=end,
    )
    graph = crate.metadata.generate()
    return f"{json.dumps(graph, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()


def version_of(provenance: Mapping[str, Any]) -> str:
    """Return the version and the commit of this software, as a provenance states them."""
    commit = f"commit {provenance['commit'] or 'unknown'}"
    version = provenance["versions"].get("naseval")
    return f"{version}, {commit}" if version else commit


def media_type(name: str) -> str:
    """Return the media type of a file by its name."""
    return MEDIA_TYPES.get(PurePosixPath(name).suffix, "text/plain")


def _add(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> ContextEntity:
    """Add an entity that is no file. Values that are entities become references to them."""
    entity = crate.add(ContextEntity(crate, identifier, properties={"@type": kind}))
    for name, value in properties.items():
        entity[name] = value
    return entity
