"""Checkpoints: written whole or not at all, and read only by the code that wrote them."""

import hashlib
import io
import json
import logging
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic_core import to_jsonable_python

from naseval.errors import NasevalError
from naseval.files import write_atomically

log = logging.getLogger(__name__)

DIGEST_BYTES = hashlib.sha256().digest_size
PLAIN = (int, float, str, bool, bytes, type(None))


def fingerprint(code: str, settings: Any) -> str:
    """Return a digest of the code's digest and of settings (pydantic models or plain data)."""
    text = json.dumps([code, to_jsonable_python(settings)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """A file that holds the state of one search or run: its SHA-256, then a `torch.save`."""

    path: Path
    fingerprint: str

    def load(self) -> dict[str, Any] | None:
        """Return the state saved, with tensors on the CPU.

        None where there is no file, or where other code or settings wrote it (logged).
        Raises `NasevalError` where the file is damaged, cannot be read, or holds anything but
        plain data and tensors: nothing in it is ever run.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NasevalError(
                f"the checkpoint {self.path} could not be read ({error.strerror}); "
                "make it readable, or delete it to start afresh"
            ) from error
        digest, payload = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        if hashlib.sha256(payload).digest() != digest:
            raise NasevalError(
                f"the checkpoint {self.path} is damaged (truncated?); delete it and run again"
            )
        try:
            saved = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
        except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
            raise NasevalError(
                f"the checkpoint {self.path} holds other things than plain data and tensors and "
                "was refused; delete it and run again"
            ) from error
        if saved["fingerprint"] != self.fingerprint:
            log.info("%s is ignored: it is of other code or settings", self.path)
            return None
        state: dict[str, Any] = saved["state"]
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Write `state`, nested plain data and tensors; what stood there before is replaced.

        Raises `NasevalError` where the disk is full, and `TypeError` where `load` could not
        read the state back; the file keeps what it held before.
        """
        _check_plain(state, "state")
        buffer = io.BytesIO()
        torch.save({"fingerprint": self.fingerprint, "state": state}, buffer)
        payload = buffer.getvalue()
        write_atomically(self.path, hashlib.sha256(payload).digest() + payload)

    def delete(self) -> None:
        """Remove the file, and what a kill in the middle of `save` may have left beside it."""
        self.path.unlink(missing_ok=True)
        prefix = f".{self.path.name}."
        if self.path.parent.is_dir():
            for beside in self.path.parent.iterdir():
                if beside.name.startswith(prefix):
                    beside.unlink(missing_ok=True)


def _check_plain(value: Any, where: str) -> None:
    """Refuse what `torch.load(weights_only=True)` would refuse, such as numpy's numbers."""
    if isinstance(value, dict):
        for key, entry in value.items():
            _check_plain(key, f"a key of {where}")
            _check_plain(entry, f"{where}[{key!r}]")
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            _check_plain(entry, f"{where}[{index}]")
    elif not isinstance(value, torch.Tensor) and type(value) not in PLAIN:
        raise TypeError(f"{where} is a {type(value).__name__}; checkpoints hold plain data only")
