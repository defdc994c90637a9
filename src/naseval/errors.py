"""The package's exceptions."""

import os
from collections.abc import Sequence
from typing import Any


class NasevalError(Exception):
    """An error that a user can fix.

    The message is one sentence with the file or key and the remedy.
    """


class ConfigError(NasevalError):
    """An invalid configuration. The message has one sentence per line."""


class GenotypeError(NasevalError):
    """A genotype that is malformed or outside its space."""


class Interrupted(NasevalError):  # noqa: N818 - it is no fault
    """A signal stopped the work after its state was saved. Running it again resumes it."""

    exit_code = os.EX_TEMPFAIL


class Diverged(NasevalError):  # noqa: N818 - optimization's word
    """A training whose loss, or another number of an epoch, is infinite or not a number."""

    def __init__(
        self, message: str, rows: Sequence[dict[str, Any]] = (), seconds: float = 0.0
    ) -> None:
        super().__init__(message)
        self.rows = list(rows)
        """The rows of the epochs before."""
        self.seconds = seconds
        """The time spent on the epoch that diverged."""


class OutOfMemory(NasevalError):  # noqa: N818 - torch's word
    """The memory of the machine or of its GPU did not suffice, perhaps because others share it."""

    exit_code = os.EX_UNAVAILABLE


class DownloadError(Exception):
    """A download that failed in all attempts. The message is the reason, without a remedy."""
