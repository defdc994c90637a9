"""Settings of SDARTS-RS."""

from pydantic import Field

from naseval.methods._gradient.settings import BilevelSettings
from naseval.settings.base import Fraction, Strict


class Perturbation(Strict):
    """The largest change of a mixing weight. It grows linearly over the epochs."""

    start: Fraction = Field(description="in the first epoch")
    end: Fraction = Field(description="what it would be after the last epoch")


class Settings(BilevelSettings):
    """SDARTS-RS: gradient search whose weights are trained with perturbed mixing weights."""

    finds = "darts"

    perturbation: Perturbation = Field(
        description="largest change of a mixing weight while the weights are trained"
    )
