"""Settings of DARTS-ES."""

from pydantic import Field

from naseval.methods._gradient.settings import UnrolledSettings
from naseval.settings.base import NonNegativeInt, Positive, PositiveFloat, Strict


class EarlyStopping(Strict):
    """When a search stops: where the mean of the dominant eigenvalue grows too fast."""

    every: Positive = Field(description="epochs from one measurement of the eigenvalue to the next")
    window: Positive = Field(description="measurements in a mean")
    distance: Positive = Field(description="measurements between the two means that are compared")
    first: NonNegativeInt = Field(description="first epoch, from 0, to which a search may go back")
    factor: PositiveFloat = Field(description="growth of the mean above which the search stops")


class Settings(UnrolledSettings):
    """DARTS-ES: DARTS that stops early, by the dominant eigenvalue of a Hessian."""

    finds = "darts"

    early_stopping: EarlyStopping = Field(description="when the search stops")
