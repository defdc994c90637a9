"""Who holds a lock: what another process, perhaps on another machine, can tell it by."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Owner:
    """A process: its machine, its number there, and the SLURM job that it belongs to."""

    host: str
    pid: int
    job: str | None = None
    restarts: int = 0
    """How often SLURM has requeued the job."""

    @classmethod
    def here(cls) -> Self:
        """Return this process."""
        job, restarts = os.environ.get("SLURM_JOB_ID"), os.environ.get("SLURM_RESTART_COUNT", "0")
        return cls(socket.gethostname(), os.getpid(), job, int(restarts))

    @classmethod
    def of(cls, file: Path) -> Self | None:
        """Return who signed `file`; None where there is no file or nobody's name in it."""
        try:
            first, _, _ = file.read_text(errors="replace").partition("\n")
            return cls(**json.loads(first))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def line(self) -> bytes:
        """Return the signature. Its end is marked: two that sign at once may leave more behind."""
        return f"{json.dumps(asdict(self))}\n".encode()

    def is_past(self, other: "Owner") -> bool:
        """Whether this is `other`'s own SLURM job before SLURM requeued it: it runs no more."""
        return self.job is not None and self.job == other.job and self.restarts < other.restarts

    def __str__(self) -> str:
        place = f"process {self.pid} on {self.host}"
        return f"{place}, SLURM job {self.job}" if self.job else place
