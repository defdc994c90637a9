"""Memory straight from the system, whatever this process holds free from earlier tests."""

import mmap

import torch


def take_memory(size):
    """Take and use so many bytes, and give them back."""
    with mmap.mmap(-1, size) as taken:
        whole = torch.frombuffer(taken, dtype=torch.uint8)
        whole.fill_(1)
        del whole
