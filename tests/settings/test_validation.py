"""A fault of the settings is one sentence, whatever the text of a check holds."""

import pytest
from pydantic import field_validator

from naseval.errors import ConfigError
from naseval.settings.base import Strict
from naseval.settings.validation import validated


class Named(Strict):
    """A model whose check repeats what it was given."""

    name: str

    @field_validator("name")
    @classmethod
    def _is_refused(cls, name: str) -> str:
        raise ValueError(f"there is no {name}")


def test_the_text_of_a_check_is_in_one_line():
    with pytest.raises(ConfigError, match=r"config key x\.name: there is no a\\nb, not ") as error:
        validated(Named, {"name": "a\nb"}, "x")
    assert "\n" not in str(error.value)
