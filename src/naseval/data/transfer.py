"""Copies from main memory to the training device."""

import torch
from torch import Tensor


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """Return a tensor of main memory on `device`. The program does not wait for the copy.

    CUDA copies only pinned memory without waiting, and torch keeps that memory until it is copied.
    """
    if device.type == "cuda" and not tensor.is_pinned():
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)
