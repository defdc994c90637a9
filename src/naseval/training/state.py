"""What a checkpoint can hold: anything with a state, bare tensors, and the random generators."""

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor


class Stateful(Protocol):
    """A module, an optimizer, or whatever else gives its state and takes it back.

    States are nested plain data and tensors (`checkpoint.Checkpoint.save`).
    """

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state: dict[str, Any], /) -> Any:
        """Take a state back."""


class TensorState:
    """The state of bare tensors, such as architecture parameters; loading fills them in place."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self.tensors = dict(tensors)

    def state_dict(self) -> dict[str, Any]:
        """Return the tensors by name."""
        return {name: tensor.detach() for name, tensor in self.tensors.items()}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Copy the values in; raises `ValueError` where names or shapes differ."""
        if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in self.tensors.items()}:
            raise ValueError("the names or shapes of the saved tensors differ")
        with torch.no_grad():
            for name, tensor in self.tensors.items():
                tensor.copy_(state[name])


def random_state() -> dict[str, Any]:
    """Return the state of torch's generators: the CPU's and the current device's."""
    state: dict[str, Any] = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(state: Mapping[str, Any]) -> None:
    """Take back what `random_state` returned; the current device may be another one now."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])
