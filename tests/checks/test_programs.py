"""What a program of a method needs is looked for at planning."""

import pytest

from naseval.checks import check
from naseval.config import load_config
from naseval.errors import ConfigError
from naseval.settings.validation import merged


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"environment": "nowhere"}, r"methods\.theirs\.environment: nowhere has no folder bin"),
        ({"files": ["absent.py"]}, r"methods\.theirs\.files: absent\.py could not be read"),
    ],
)
def test_what_is_not_there_is_refused_if_a_study_needs_it(paper, changes, told):
    theirs = {"label": "Theirs", "command": ["x", "{data}", "{seed}", "{output}"], **changes}
    theirs |= {"space": "darts", "protocol": "cda"}
    check(load_config(merged(paper, {"methods": {"theirs": theirs}})))
    asked = {"benchmark": {"methods": ["theirs"]}, "baselines": None}
    with pytest.raises(ConfigError, match=told) as error:
        check(load_config(merged(paper, {"methods": {"theirs": theirs}, "studies": asked})))
    assert "\n" not in str(error.value)
