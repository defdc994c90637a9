"""Settings of MANAS-LS."""

from naseval.methods._paths.settings import PathSettings


class Settings(PathSettings):
    """MANAS-LS: agents rank operations by least squares on an epoch's validation losses."""
