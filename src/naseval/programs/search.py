"""A search by a user's program, from the prepared images to genotype and history."""

import json
import logging
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from naseval import records, schemas
from naseval.data.plain import write_plain
from naseval.data.prepared import check_prepared
from naseval.errors import NasevalError
from naseval.files import write_atomically
from naseval.json_files import parse_json
from naseval.locking.lock import lock
from naseval.programs import found, process
from naseval.script import ScriptRun, import_planned
from naseval.settings.dataset import ImageSettings
from naseval.settings.program import Program, digests_of
from naseval.training.device import held_device

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Search:
    """A search by a program, with its files.

    `settings` has those of `naseval.studies.search_settings`, and `checkpoint`, beside which the
    folder of the same name without suffix keeps what the program writes until the search is done.
    """

    settings: Mapping[str, Any]
    dataset: str
    """The name of the dataset."""
    inputs: list[Path]
    """The splits and the channel statistics of the dataset, beside its images and labels."""
    genotype: Path
    history: Path
    log: Path

    @property
    def folder(self) -> Path:
        """What survives a killed job: `data`, `output`, `checkpoint` and `state.json`."""
        return Path(self.settings["checkpoint"]).with_suffix("")

    def search(self, script: ScriptRun, threads: int) -> None:
        """Run the program; write the history, whose provenance has the genotype, and the genotype.

        Raise `NasevalError` if the code, the images or the program's files are others than was
        planned, if the program fails, or if what it found is no genotype of the space.
        """
        import_planned(script)
        with (
            lock(self.settings["checkpoint"]),
            held_device(script.resources["device"]) as device,
        ):
            state = self._resumed(script)
            seconds, last = self._run(state, threads)
            output = self.folder / "output"
            space = self.settings["space"]
            try:
                genotype = found.read_genotype(output, space)
                history = found.read_history(output, space, seconds)
            except NasevalError as error:
                raise NasevalError(f"{error}{process.said(last)}; see {self.log}") from error
            provenance = script.provenance(
                self.settings,
                seed=self.settings["seed"],
                genotype=genotype.to_dict(),
                device=str(device),
                threads=threads,
                inputs=state["inputs"],
            )
            records.write(self.history, records.table(schemas.HISTORY, history), provenance)
            genotype.write(self.genotype)
            if script.is_orphan():
                log.warning("Snakemake was killed; what the program wrote is kept for the next one")
                return
            shutil.rmtree(self.folder, ignore_errors=True)  # the program's children may write there

    def _resumed(self, script: ScriptRun) -> dict[str, Any]:
        """Return the state of former attempts; without any, or any that fits, a new one."""
        prepared = self.settings["dataset"], self.settings["prepared"]
        check_prepared(self.inputs[0].parent, *prepared)
        program = Program(**self.settings["program"])
        if _now(program) != program.files:
            raise NasevalError(
                "the program's files changed between planning and this job; run snakemake again"
            )
        digests = {file.name: records.content_digest(file) for file in self.inputs}
        # without its own path, so that the results folder may be renamed
        settings = {key: value for key, value in self.settings.items() if key != "checkpoint"}
        fresh = {
            "settings": json.loads(json.dumps(settings)),
            "code": script.code["digest"],
            "inputs": digests,
            "seconds": 0.0,
        }
        former = _read(self.folder / "state.json")
        if former is not None and {**former, "seconds": 0.0} == fresh:
            log.info("the program goes on after %.0f s in former attempts", former["seconds"])
            return former
        if self.folder.exists():
            log.warning("%s is ignored: it is of other code, settings or images", self.folder)
            _remove(self.folder)
        for part in ("output", "checkpoint"):
            (self.folder / part).mkdir(parents=True)
        images = ImageSettings(**self.settings["dataset"])
        write_plain(self.inputs[0].parent, self.folder / "data", self.dataset, images)
        self._write(fresh)
        return fresh

    def _run(self, state: dict[str, Any], threads: int) -> tuple[float, str]:
        """Run the program; return the seconds of all attempts and the last line of its output."""
        program, folder = Program(**self.settings["program"]), self.folder.absolute()
        values = {
            "data": folder / "data",
            "seed": self.settings["seed"],
            "output": folder / "output",
            "checkpoint": folder / "checkpoint",
        }
        command = process.filled_in(program.command, values)
        log.info("the program: %s", command)
        start = time.monotonic()
        try:
            last = process.run(command, process.variables(program.environment, threads), self.log)
        finally:
            state["seconds"] += time.monotonic() - start
            self._write(state)
        log.info("the program ended after %.1f s", state["seconds"])
        return state["seconds"], last

    def _write(self, state: Mapping[str, Any]) -> None:
        write_atomically(self.folder / "state.json", json.dumps(state).encode())


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise NasevalError(
            f"{folder}, which a former attempt left, could not be removed ({error.strerror}); end "
            "what still writes there, then run again"
        ) from error


def _now(program: Program) -> dict[str, str]:
    try:
        return digests_of(program.files)
    except OSError as error:
        raise NasevalError(
            f"{error.filename} could not be read ({error.strerror}); mend it, or the method's files"
        ) from error


def _read(file: Path) -> dict[str, Any] | None:
    """Return the state in a file; None if there is none that is whole."""
    try:
        state = parse_json(file.read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(state, dict) and isinstance(state.get("seconds"), float)
    return state if whole else None
