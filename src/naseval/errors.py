"""The package's exceptions."""

import os


class NasevalError(Exception):
    """Something a user can mend: one sentence that names the file or key and the mend."""


class ConfigError(NasevalError):
    """A configuration that cannot be run; one sentence a line."""


class GenotypeError(NasevalError):
    """A genotype that is malformed or lies outside its space."""


class Interrupted(NasevalError):  # noqa: N818 - it is no fault
    """The work was stopped by a signal and saved; running again resumes it."""

    exit_code = os.EX_TEMPFAIL


class DownloadError(Exception):
    """A download that no attempt completed; the text is the reason, without a mend."""
