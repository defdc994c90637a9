"""What a source or the configuration lacks, as a value that the ledger words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Absent:
    """Stands for a result that can't be had; `reason` is a clause of the ledger."""

    reason: str


class AbsentError(LookupError):
    """Carries an `Absent` up to `or_absent`.

    It has no text. The ledger shows reasons, and the digest of code leaves out the literal text
    of `raise` statements; so `lacking` takes the reason, and `raise` never words one.
    """

    def __init__(self, absent: Absent) -> None:
        super().__init__()
        self.absent = absent


def lacking(reason: str) -> NoReturn:
    """End the function that `or_absent` decorates, which then returns `Absent(reason)`."""
    raise AbsentError(Absent(reason))


def or_absent(function: Callable[P, T]) -> Callable[P, T | Absent]:
    """Let `function` return an `Absent` where something below it calls `lacking`."""

    @wraps(function)
    def decorated(*args: P.args, **kwargs: P.kwargs) -> T | Absent:
        try:
            return function(*args, **kwargs)
        except AbsentError as error:
            return error.absent

    return decorated
