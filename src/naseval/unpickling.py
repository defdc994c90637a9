"""Reading of untrusted pickles without running any code in them."""

import io
import pickle
import pickletools
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
        _check_memo(content)
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


def _check_memo(content: bytes) -> None:
    """Raise `ValueError` for an index of the memo that could use up the memory.

    The memo is an array as long as its largest index. Every entry takes at least a byte.
    """
    for operation, argument, _ in pickletools.genops(content):
        if operation.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(argument or 0) > len(content):
            raise ValueError(f"its memo has the index {argument}")


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, admitted: Admitted, encoding: str) -> None:
        super().__init__(io.BytesIO(content), encoding=encoding)
        self._admitted = admitted

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._admitted:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return self._admitted[module, name]
