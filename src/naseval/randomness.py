"""Named streams of random numbers.

A stream depends only on its names. It does not depend on the order of jobs, the number of workers
or the numbers drawn from other streams.
"""

import hashlib
import json

import numpy as np

Name = str | int


def _digest(names: tuple[Name, ...]) -> bytes:
    return hashlib.sha256(json.dumps(names).encode()).digest()


def stream(*names: Name) -> np.random.Generator:
    """Return the generator of a named stream, e.g. `stream(seed, "split", "cifar10")`."""
    return np.random.default_rng(np.frombuffer(_digest(names), dtype=np.uint32))


def torch_seed(*names: Name) -> int:
    """Return the seed (63 bits) of a named stream for `torch.manual_seed`."""
    return int.from_bytes(_digest(names)[:8], "little") >> 1
