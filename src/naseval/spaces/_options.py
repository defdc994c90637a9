"""Options that only some spaces' networks have; `protocols.NAME.network` sets them."""

from naseval.networks.shape import Skeleton
from naseval.settings.base import Strict


class NetworkOptions(Strict):
    """No options. A space with options has a class of its own, with a default for each."""

    def check(self, skeleton: Skeleton) -> None:
        """Raise `ShapeError` if the space has no such network, or it cannot take the images."""
        skeleton.check()
