"""The page in a real browser."""

import pytest

from browser import needs_chromium, probed
from naseval.config import load_config
from report_pages import results, text

pytestmark = [pytest.mark.browser, needs_chromium]


def test_the_page_works_in_a_browser(tmp_path, paper):
    folder = results(tmp_path / "results", load_config(paper), ("published", "reproduced"))
    found, console = probed(text(folder), tmp_path)
    assert console == []
    assert len(found["images"]) == 2
    assert all(natural > 100 and shown > 100 for natural, shown in found["images"])
    assert not found["wide"], "a narrow window would scroll sideways"
    assert 0 < len(found["match"]) < found["all"]
    assert all("match" in verdicts.split("|") for verdicts in found["match"])
    assert found["status"] == f"{len(found['match'])} of {found['all']} claims"
    assert found["momentum"] == ["a1.common.momentum"]
    assert found["direction"] == "descending"
    assert found["sorted"][0] > found["sorted"][-1]
