"""Settings of DARTS-."""

from pydantic import Field

from naseval.methods._gradient.settings import BilevelSettings
from naseval.settings.base import NonNegative


class Settings(BilevelSettings):
    """DARTS-: gradient search with an auxiliary skip connection that fades."""

    finds = "darts"

    beta: NonNegative = Field(
        description="weight of the auxiliary skip connections in the first epoch; it falls "
        "linearly and would be 0 after the last"
    )
