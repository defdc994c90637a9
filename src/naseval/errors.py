"""The package's exceptions."""

import os


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


class OutOfMemory(NasevalError):  # noqa: N818 - torch's word
    """The memory of the GPU did not suffice, perhaps because others shared it."""

    exit_code = os.EX_UNAVAILABLE


class DownloadError(Exception):
    """A download that failed in all attempts. The message is the reason, without a remedy."""
