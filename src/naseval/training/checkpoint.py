"""Checkpoints, written atomically and read only by the code that wrote them."""

import hashlib
import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from pydantic_core import to_jsonable_python
from torch import Tensor

from naseval.errors import NasevalError
from naseval.files import reading, write_atomically
from naseval.memory import ran_out_of_memory

log = logging.getLogger(__name__)

DIGEST_BYTES = hashlib.sha256().digest_size
PLAIN = (int, float, str, bool, bytes, type(None))


class Stateful(Protocol):
    """An object whose state can be saved and loaded, such as a module or an optimizer.

    A state consists of nested plain data and tensors (see `Checkpoint.save`).
    """

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state: dict[str, Any], /) -> Any:
        """Load a state that `state_dict` returned."""


class TensorState:
    """State of plain tensors, such as architecture parameters. Loading fills them in place."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self.tensors = dict(tensors)

    def state_dict(self) -> dict[str, Any]:
        """Return the tensors by name."""
        return {name: tensor.detach() for name, tensor in self.tensors.items()}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Copy the saved values into the tensors. Raise `ValueError` if names or shapes differ."""
        if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in self.tensors.items()}:
            raise ValueError("the names or shapes of the saved tensors differ")
        with torch.no_grad():
            for name, tensor in self.tensors.items():
                tensor.copy_(state[name])


def fingerprint(code: str, settings: Any) -> str:
    """Return a digest of the code digest and the settings (pydantic models or plain data)."""
    text = json.dumps([code, to_jsonable_python(settings)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint file of one search or run: a SHA-256, then the output of `torch.save`."""

    path: Path
    fingerprint: str

    def load(self, types: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Return the saved state, with tensors on the CPU.

        Return None if there is no file, or if other code or settings wrote it (this is logged).
        Raise `NasevalError` if the file is damaged, cannot be read, contains anything but plain
        data and tensors, or lacks a key of `types` or has it with another type. Errors of too
        little memory pass. No code in the file is ever run.
        """
        mend = "make it readable, or delete it to start afresh"
        with reading(f"the checkpoint {self.path}", mend):
            try:
                content = self.path.read_bytes()
            except FileNotFoundError:
                return None
        digest, payload = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        if hashlib.sha256(payload).digest() != digest:
            raise NasevalError(
                f"the checkpoint {self.path} is damaged (truncated?); delete it and run again"
            )
        try:
            saved = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
        except Exception as error:  # whatever its reader stumbles over
            if ran_out_of_memory(error):
                raise
            raise NasevalError(
                f"the checkpoint {self.path} has contents other than plain data and tensors and "
                "was refused; delete it and run again"
            ) from error
        with self.fitting():
            if saved["fingerprint"] != self.fingerprint:
                log.info("%s is ignored: other code or settings wrote it", self.path)
                return None
            state: dict[str, Any] = saved["state"]
            for key, kind in (types or {}).items():
                if not isinstance(state[key], kind):
                    raise TypeError(key)
        return state

    @contextmanager
    def fitting(self) -> Iterator[None]:
        """Raise `NasevalError`, with the path, where a saved state does not fit what loads it.

        Errors of too little memory pass.
        """
        try:
            yield
        except (RuntimeError, LookupError, TypeError, ValueError, AttributeError) as error:
            if ran_out_of_memory(error):
                raise
            raise NasevalError(
                f"the checkpoint {self.path} does not fit this training; delete it and run again"
            ) from error

    def save(self, state: dict[str, Any]) -> None:
        """Replace the file's content by `state`, nested plain data and tensors.

        Raise `NasevalError` if the disk is full, and `TypeError` if `load` could not read the state
        back. In both cases the file keeps its old content.
        """
        _check_plain(state, "state")
        buffer = io.BytesIO()
        torch.save({"fingerprint": self.fingerprint, "state": state}, buffer)
        payload = buffer.getvalue()
        write_atomically(self.path, hashlib.sha256(payload).digest() + payload)

    def delete(self) -> None:
        """Delete the file, and temporary files of an interrupted `save`."""
        self.path.unlink(missing_ok=True)
        prefix = f".{self.path.name}."
        if self.path.parent.is_dir():
            for file in self.path.parent.iterdir():
                if file.name.startswith(prefix):
                    file.unlink(missing_ok=True)


def _check_plain(value: Any, where: str) -> None:
    """Raise `TypeError` for values that `torch.load(weights_only=True)` refuses."""
    if isinstance(value, dict):
        for key, entry in value.items():
            _check_plain(key, f"a key of {where}")
            _check_plain(entry, f"{where}[{key!r}]")
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            _check_plain(entry, f"{where}[{index}]")
    elif not isinstance(value, torch.Tensor) and type(value) not in PLAIN:
        raise TypeError(f"{where} is a {type(value).__name__}; checkpoints hold plain data only")


def random_state() -> dict[str, Any]:
    """Return the states of torch's generators of the CPU and the current device."""
    state: dict[str, Any] = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(state: Mapping[str, Any]) -> None:
    """Restore the states from `random_state`. The current device may have changed."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])
