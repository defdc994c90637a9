"""Settings of DARTS."""

from typing import Literal

from pydantic import Field

from naseval.methods._gradient.settings import UnrolledSettings


class Settings(UnrolledSettings):
    """DARTS: bilevel gradient search on a supernet."""

    finds = "darts"

    legacy_fd_scale: bool = Field(
        description="with order 2: true multiplies the finite difference by its step in place of "
        "dividing by it, a slip in the program the paper cites"
    )
    skip_rule: Literal["none", "release"] = Field(
        description="release: an undocumented limit of two skips in the authors' program"
    )
