"""The one pickle among the authors' files, read without running anything in it.

It is a list of (text, accuracy) pairs: the text is a genotype as Python prints it, the accuracy
a numpy float. Two names occur in it, numpy's `scalar` and `dtype`; both are answered here by
stand-ins, and every other name is refused.
"""

import ast
import pickle
import struct
from typing import Any

from naseval.errors import NasevalError
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

    `NasevalError` where it asks for anything else or isn't of this form.
    """
    try:
        loaded = load(content, ADMITTED)
        return [(_text(text), float(accuracy)) for text, accuracy in loaded]
    except (pickle.UnpicklingError, TypeError, ValueError) as error:
        raise NasevalError(
            f"the pickle of genotypes was refused ({error}); delete it and fetch it again"
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a genotype is text, not {type(value).__name__}")
    return value


def genotype_fields(text: str) -> dict[str, Any]:
    """Return the fields of a genotype printed as `GENOTYPE=Genotype(normal=[...], ...)`.

    Only literals and `range` are read; `NasevalError` where there is anything else.
    """
    try:
        call = ast.parse(text.removeprefix("GENOTYPE="), mode="eval").body
        if not (isinstance(call, ast.Call) and not call.args and _name(call) == "Genotype"):
            raise ValueError("it is no Genotype(...)")
        return {str(word.arg): _value(word.value) for word in call.keywords}
    except (SyntaxError, ValueError) as error:
        raise NasevalError(
            f"{text[:60]!r} is no genotype ({error}); fetch the genotypes again"
        ) from error


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and _name(node) == "range" and not node.keywords:
        return list(range(*(int(ast.literal_eval(bound)) for bound in node.args)))
    return ast.literal_eval(node)
