"""Settings of MANAS-LS."""

from naseval.settings.paths import PathSettings


class Settings(PathSettings):
    """MANAS-LS: agents rank operations by least squares on an epoch's validation losses."""
