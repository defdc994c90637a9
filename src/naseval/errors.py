"""The one kind of error that is the user's to mend."""


class NasevalError(Exception):
    """Something a user can mend: one sentence that names the file or key and the mend."""
