"""Pickles from outside, read without running anything in them."""

import io
import pickle
import struct
from collections.abc import Mapping
from typing import Any

Admitted = Mapping[tuple[str, str], Any]
"""What answers to a (module, name) that a pickle asks for."""


class Dtype:
    """Takes the place of `numpy.dtype`: remembers its name and byte order."""

    def __init__(self, name: str | bytes, *_: object) -> None:
        self.name = name.decode() if isinstance(name, bytes) else name
        self.order: str | bytes = "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = state[1]


def load(content: bytes, admitted: Admitted, encoding: str = "ASCII") -> Any:
    """Return what a pickle holds, where it asks for nothing but `admitted`.

    Parameters
    ----------
    content
        The pickle.
    admitted
        Stand-ins for the classes and functions that the pickle may name; every other name is
        refused before anything is called.
    encoding
        How strings of Python 2 are read, as in `pickle.load`.

    Raises
    ------
    pickle.UnpicklingError
        Where it asks for any other name, or is not a whole pickle.

    """
    try:
        return _Unpickler(content, admitted, encoding).load()
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        ImportError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        raise pickle.UnpicklingError(str(error)) from error


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, admitted: Admitted, encoding: str) -> None:
        super().__init__(io.BytesIO(content), encoding=encoding)
        self._admitted = admitted

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._admitted:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return self._admitted[module, name]
