"""States of plain supernets, loaded into banked ones."""

from collections.abc import Mapping

from torch import Tensor

from naseval.methods._supernet.supernet import BankedSupernet, plain_state


def load_plain_state(network: BankedSupernet, state: Mapping[str, Tensor]) -> None:
    """Copy the parameters and running statistics of a plain `Supernet` into the banks."""
    for name, own in plain_state(network).items():
        own.copy_(state[name])
