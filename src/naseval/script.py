"""Common code of the rules' scripts: logging, check of the code, one sentence on failure."""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from naseval.errors import NasevalError
from naseval.provenance import circumstances, code_digest, now

FORMAT, DATES = "%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"


class ScriptRun:
    """A running script: its parameters from Snakemake, and the provenance of its results."""

    def __init__(self, snakemake: Any) -> None:
        self.start = now()
        self.code: Mapping[str, Any] = snakemake.params.code
        self.resources: Mapping[str, Any] = snakemake.config["resources"]
        self.settings: Any = {
            name: value for name, value in snakemake.params.items() if name != "code"
        }

    def check_code(self, folder: str) -> None:
        """Raise `NasevalError` if the code is not the planned code. `folder` has the scripts."""
        script = Path(folder) / self.code["script"]
        if code_digest(*self.code["modules"], scripts=[script]) != self.code["digest"]:
            raise NasevalError(
                "the code changed between planning and this job; run snakemake again"
            )

    def provenance(self, settings: Any = None, **facts: Any) -> dict[str, Any]:
        """Return the provenance of a result. Give `settings` if the job has several results."""
        settings = self.settings if settings is None else settings
        return circumstances(code=self.code["digest"], settings=settings, start=self.start, **facts)


@contextmanager
def job(snakemake: Any) -> Iterator[ScriptRun]:
    """Run a rule's script: log to its file, check its code, report a failure in one sentence."""
    logging.basicConfig(
        level=logging.INFO,
        format=FORMAT,
        datefmt=DATES,
        handlers=[logging.StreamHandler(), *_log_files(snakemake.log)],
        force=True,
    )
    try:
        running = ScriptRun(snakemake)
        running.check_code(snakemake.scriptdir)
        yield running
    except NasevalError as error:
        logging.error("%s", error)
        sys.exit(getattr(error, "exit_code", 1))


def _log_files(files: Any) -> list[logging.Handler]:
    return [_log_file(files[0])] if len(files) == 1 else []  # else the script uses `logged_to`


@contextmanager
def logged_to(file: str | Path) -> Iterator[None]:
    """Log also to `file`, unless it is the job's own log. Old content of `file` is overwritten."""
    root = logging.getLogger()
    known = {getattr(handler, "baseFilename", None) for handler in root.handlers}
    if str(Path(file).absolute()) in known:
        yield
        return
    handler = _log_file(file)
    handler.setFormatter(logging.Formatter(FORMAT, DATES))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def _log_file(file: str | Path) -> logging.Handler:
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    return logging.FileHandler(file)
