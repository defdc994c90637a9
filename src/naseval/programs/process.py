"""Runs a user's program as a process: no shell, its own environment, and an end with the job."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from naseval.errors import Interrupted, NasevalError
from naseval.settings.program import PLACES
from naseval.training.interruption import Interruption, interruptible

PR_SET_PDEATHSIG = 1  # linux/prctl.h
GRACE = 20.0
"""Seconds in which a program may save its state after SIGTERM. SLURM leaves 30 by default."""
OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""Variables of this project's own environment, which a program in another one is not to see."""
TAIL = 4096
"""Bytes at the end of an output in which its last line is looked for."""


def filled_in(command: Sequence[str], values: Mapping[str, object]) -> list[str]:
    """Return the command with the values in the places of their names in braces."""
    names = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
    return [names.sub(lambda found: str(values[found[1]]), part) for part in command]


def variables(environment: str | None, threads: int) -> dict[str, str]:
    """Return the variables of a program in an environment; None: in none of its own."""
    found = {name: value for name, value in os.environ.items() if name not in OURS}
    if environment is not None:
        folder = Path(environment).absolute()
        path = os.pathsep.join([str(folder / "bin"), found.get("PATH", os.defpath)])
        found |= {"VIRTUAL_ENV": str(folder), "PATH": path}
    return found | {"OMP_NUM_THREADS": str(threads)}


def run(command: Sequence[str], told: Mapping[str, str], log: Path) -> str:
    """Run a command with the variables `told`, append its output to `log`, return its last line.

    SIGTERM, SIGINT and SIGUSR1 reach the program and its children as SIGTERM; after `GRACE` seconds
    they are killed. Raise `Interrupted` after such a signal, and `NasevalError`, with the exit code
    and the last line, if the program is not there or fails.
    """
    program = shutil.which(command[0], path=told["PATH"])
    if program is None:
        raise NasevalError(
            f"the program {command[0]} was not found; name its path or its environment in the "
            "configuration"
        )
    log.parent.mkdir(parents=True, exist_ok=True)
    passed_on = _PassedOn()
    with log.open("ab") as output, interruptible(passed_on):
        start = output.tell()
        process = _started([program, *command[1:]], told, output.fileno())
        passed_on.to(process)
        code = process.wait()
    last = _last_line(log, start)
    if passed_on.requested:
        raise Interrupted("interrupted by a signal, and so was the program; run again to go on")
    if code:
        raise NasevalError(f"{_how(code)}{said(last)}; mend it, or see {log}")
    return last


def said(last: str) -> str:
    """Return the last line of an output as the rest of a sentence."""
    return f", and said last: {last}" if last else ", and said nothing"


class _PassedOn(Interruption):
    """A flag that also passes the signal on to a process and its children."""

    process: subprocess.Popen[bytes] | None = None

    def request(self, number: int, frame: FrameType | None) -> None:
        """Pass the first signal on."""
        if not self.requested:
            super().request(number, frame)
            self._pass_on()

    def to(self, process: "subprocess.Popen[bytes]") -> None:
        """Pass signals on to this process, also one that came before there was a process."""
        self.process = process
        if self.requested:
            self._pass_on()

    def _pass_on(self) -> None:
        if self.process is not None:
            self._kill(signal.SIGTERM)
            timer = threading.Timer(GRACE, self._kill, [signal.SIGKILL])
            timer.daemon = True
            timer.start()

    def _kill(self, number: int) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def _started(
    command: Sequence[str], told: Mapping[str, str], output: int
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=told,
            start_new_session=True,
            preexec_fn=_ending_with(os.getpid()) if sys.platform == "linux" else None,
        )
    except OSError as error:
        raise NasevalError(
            f"the program {command[0]} could not be started ({error.strerror}); mend it"
        ) from error


def _ending_with(parent: int) -> Callable[[], None]:
    """Return a function by which a child is killed with its parent, which may be killed itself."""
    prctl = ctypes.CDLL(None).prctl

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above
            os._exit(os.EX_TEMPFAIL)

    return prepare


def _how(code: int) -> str:
    if code < 0:
        return f"the program was killed by {signal.Signals(-code).name}"
    return f"the program ended with exit code {code}"


def _last_line(log: Path, start: int) -> str:
    """Return the last line that a log has from the byte `start` on; empty if there is none."""
    with log.open("rb") as file:
        file.seek(max(start, file.seek(0, os.SEEK_END) - TAIL))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
