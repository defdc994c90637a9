"""What every study's settings share."""

from naseval.settings.base import Strict


class StudySettings(Strict):
    """Settings of one study. Fields `datasets`, `methods`, `protocols` and `spaces` hold keys."""
