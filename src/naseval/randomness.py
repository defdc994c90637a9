"""Random streams named by what they are for.

A stream depends on its names alone, never on the order of jobs, the number of workers or
what was drawn from other streams.
"""

import hashlib
import json

import numpy as np

Name = str | int


def _digest(names: tuple[Name, ...]) -> bytes:
    return hashlib.sha256(json.dumps(names).encode()).digest()


def stream(*names: Name) -> np.random.Generator:
    """Return the generator named, e.g. `stream(seed, "split", "cifar10")`."""
    return np.random.default_rng(np.frombuffer(_digest(names), dtype=np.uint32))


def torch_seed(*names: Name) -> int:
    """Return a seed for `torch.manual_seed` (63 bits), from the stream's names."""
    return int.from_bytes(_digest(names)[:8], "little") >> 1
