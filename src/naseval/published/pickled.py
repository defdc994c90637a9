"""Reads the only pickle among the authors' files without executing code from it.

The pickle is a list of (text, accuracy) pairs: the text is the `repr` of a genotype, the accuracy a
numpy float. It refers to two names, numpy's `scalar` and `dtype`. This module provides harmless
replacements for both and refuses every other name.
"""

import pickle
import struct
from typing import Any

from naseval.errors import NasevalError
from naseval.printed.literals import UNFIT, call
from naseval.unpickling import Admitted, Dtype, load


def _scalar(dtype: Dtype, content: bytes) -> float:
    if dtype.name != "f8" or dtype.order not in ("<", ">"):
        raise pickle.UnpicklingError(f"a number of the type {dtype.order!s}{dtype.name}")
    return struct.unpack(f"{dtype.order}d", content)[0]


ADMITTED: Admitted = {
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("numpy", "dtype"): Dtype,
}


def load_pairs(content: bytes) -> list[tuple[str, float]]:
    """Return the (genotype text, accuracy in per cent) pairs of a pickle.

    Raise `NasevalError` if the pickle refers to any other name or has another form.
    """
    try:
        loaded = load(content, ADMITTED)
        return [(_text(text), float(accuracy)) for text, accuracy in loaded]
    except (pickle.UnpicklingError, ArithmeticError, TypeError, ValueError) as error:
        raise NasevalError(
            f"the pickle of genotypes was refused ({error}); delete it and fetch it again"
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a genotype is text, not {type(value).__name__}")
    return value


def genotype_fields(text: str) -> dict[str, Any]:
    """Parse the fields of a genotype of the form `GENOTYPE=Genotype(normal=[...], ...)`.

    Only literals and `range` are accepted. Raise `NasevalError` if the text contains anything else.
    """
    try:
        return call(text.removeprefix("GENOTYPE="))
    except UNFIT as error:
        raise NasevalError(
            f"{text[:60]!r} is no genotype ({error}); fetch the genotypes again"
        ) from error
