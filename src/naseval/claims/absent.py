"""A missing input of a claim, as a value that the ledger reports."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Absent:
    """Replaces a result that cannot be computed; `reason` is a clause for the ledger."""

    reason: str


class AbsentError(LookupError):
    """Carries an `Absent` to `or_absent`, up the call stack.

    It has no text of its own. The digest of the code ignores literal texts in `raise` statements,
    but the ledger displays the reasons, so a change of a reason has to change the digest. The
    reason is therefore an argument of `lacking`.
    """

    def __init__(self, absent: Absent) -> None:
        super().__init__()
        self.absent = absent


def lacking(reason: str) -> NoReturn:
    """Make the function that `or_absent` decorates return `Absent(reason)`."""
    raise AbsentError(Absent(reason))


def or_absent(function: Callable[P, T]) -> Callable[P, T | Absent]:
    """Decorate `function` so that it returns an `Absent` if it or a callee calls `lacking`."""

    @wraps(function)
    def decorated(*args: P.args, **kwargs: P.kwargs) -> T | Absent:
        try:
            return function(*args, **kwargs)
        except AbsentError as error:
            return error.absent

    return decorated
