"""Reading of untrusted pickles without running any code in them."""

import io
import pickle
import struct
from collections.abc import Mapping
from typing import Any

Admitted = Mapping[tuple[str, str], Any]
"""Replacements for the (module, name) pairs that a pickle may use."""


class Dtype:
    """Replacement for `numpy.dtype` that stores its name and byte order."""

    def __init__(self, name: str | bytes, *_: object) -> None:
        self.name = name.decode() if isinstance(name, bytes) else name
        self.order: str | bytes = "<"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = state[1]


def load(content: bytes, admitted: Admitted, encoding: str = "ASCII") -> Any:
    """Return the content of a pickle that uses only the names in `admitted`.

    Parameters
    ----------
    content
        The pickle.
    admitted
        Replacements for the classes and functions that the pickle may use. Any other name is
        refused before anything is called.
    encoding
        Encoding of Python 2 strings, as in `pickle.load`.

    Raises
    ------
    pickle.UnpicklingError
        If the pickle uses any other name or is incomplete.

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
