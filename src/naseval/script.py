"""The frame of every rule's script: log, check of the code, and one sentence on failure."""

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
    """A running script: what it needs of Snakemake's object, and the provenance of its results."""

    def __init__(self, snakemake: Any) -> None:
        self.start = now()
        self.code: Mapping[str, Any] = snakemake.params.code
        self.resources: Mapping[str, Any] = snakemake.config["resources"]
        self.settings: Any = {
            name: value for name, value in snakemake.params.items() if name != "code"
        }

    def check_code(self, folder: str) -> None:
        """Refuse to run other code than was planned; `folder` is where the scripts lie."""
        script = Path(folder) / self.code["script"]
        if code_digest(*self.code["modules"], scripts=[script]) != self.code["digest"]:
            raise NasevalError(
                "the code changed between planning and this job; run snakemake again"
            )

    def provenance(self, settings: Any = None, **facts: Any) -> dict[str, Any]:
        """Return everything that is stored with a result; `settings` where the job has several."""
        settings = self.settings if settings is None else settings
        return circumstances(code=self.code["digest"], settings=settings, start=self.start, **facts)


@contextmanager
def job(snakemake: Any) -> Iterator[ScriptRun]:
    """Run a rule's script: log to its file, check its code, end failures in one sentence."""
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
    return [_log_file(files[0])] if len(files) == 1 else []  # several: `logged_to` each in turn


@contextmanager
def logged_to(file: str | Path) -> Iterator[None]:
    """Log to `file` too, unless it is the job's own log; the file's old content is lost."""
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
