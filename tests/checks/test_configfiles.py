"""Keys that stand twice, and overlays that are left out."""

from pathlib import Path

import pytest

from naseval.checks.configfiles import (
    check_configfiles,
    check_dropped,
    overlays,
    record_overlays,
)
from naseval.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "has the config key a twice, in the lines 1 and 3"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "has the config key a.b twice, in the lines 2 and 4"),
        ("a: [{b: 1, b: 2}]\n", "has the config key a.0.b twice"),
        ('{"a": 1, "a": 2}', "has the config key a twice"),
    ],
)
def test_a_key_stands_once(tmp_path, text, told):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        check_configfiles([file], [])
    assert str(caught.value).startswith(f"{file} {told}")


@pytest.mark.parametrize("text", ["a: &x {b: 1}\nc: *x\n", "", "- a\n", "a: [\n", "a: {b: 1}"])
def test_other_files_are_left_to_snakemake(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    check_configfiles([file, tmp_path / "missing.yaml"], [])


def test_a_file_that_leads_to_itself_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("a: &x\n  b: *x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="leads to itself"):
        check_configfiles([file], [])


def test_configfile_is_given_once():
    check_configfiles([], ["snakemake", "--configfile", "a.yaml", "b.yaml"])
    for twice in (["--configfile", "a", "--configfile", "b"], ["--configfile=a", "--configfiles"]):
        with pytest.raises(ConfigError, match="--configfile FIRST"):
            check_configfiles([], twice)


def given(*names):
    return overlays(names, "config/config.yaml")


def test_the_base_is_no_overlay_but_another_file_of_its_name_is():
    base = "config/config.yaml"
    assert given("config/demo.yaml", base, Path(base).resolve()) == [Path("config/demo.yaml")]
    assert given("my/config.yaml", base, "my/config.yaml") == [Path("my/config.yaml")]


def test_an_overlay_that_is_left_out_is_noticed(tmp_path):
    demo, mine = "config/demo.yaml", "elsewhere/mine.yaml"
    check_dropped(str(tmp_path), [])
    record_overlays(str(tmp_path), given(demo))
    record_overlays(str(tmp_path), given(demo, mine))
    check_dropped(str(tmp_path), given("/moved/demo.yaml", mine))
    for those in (given(), given(mine)):
        with pytest.raises(ConfigError, match=r"overlay demo\.yaml, which this command leaves out"):
            check_dropped(str(tmp_path), those)
        with pytest.raises(ConfigError, match=r"overlay demo\.yaml, which this command leaves out"):
            record_overlays(str(tmp_path), those)


@pytest.mark.parametrize("both", [("my/config.yaml",), ("a/site.yaml", "b/site.yaml")])
def test_overlays_are_told_apart_whatever_their_names(tmp_path, both):
    record_overlays(str(tmp_path), given("demo.yaml", *both))
    check_dropped(str(tmp_path), given("demo.yaml", *both))
    check_dropped(str(tmp_path), given("demo.yaml", *both, f"more/{Path(both[0]).name}"))
    with pytest.raises(ConfigError, match="which this command leaves out"):
        check_dropped(str(tmp_path), given("demo.yaml", *both[1:]))


def test_overlays_in_another_order_are_noticed(tmp_path):
    record_overlays(str(tmp_path), given("config/demo.yaml", "mine.yaml"))
    for those in (given("mine.yaml", "demo.yaml"), given("mine.yaml", "site.yaml", "demo.yaml")):
        with pytest.raises(ConfigError, match=r"overlays demo\.yaml mine\.yaml, .* in this order"):
            check_dropped(str(tmp_path), those)
    check_dropped(str(tmp_path), given("demo.yaml", "site.yaml", "mine.yaml", "demo.yaml"))


def test_an_overlay_is_remembered_where_it_was_given(tmp_path):
    record_overlays(str(tmp_path), given("demo.yaml"))
    record_overlays(str(tmp_path), given("site.yaml", "demo.yaml", "mine.yaml"))
    check_dropped(str(tmp_path), given("site.yaml", "demo.yaml", "mine.yaml"))
    with pytest.raises(ConfigError, match=r"overlays site\.yaml demo\.yaml mine\.yaml"):
        check_dropped(str(tmp_path), given("demo.yaml", "site.yaml", "mine.yaml"))


def test_results_of_no_overlay_remember_none(tmp_path):
    record_overlays(str(tmp_path), given("config/config.yaml"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{", "3", "[3]"])
def test_a_damaged_record_is_no_obstacle(tmp_path, content):
    (tmp_path / "overlays.json").write_text(content, encoding="utf-8")
    check_dropped(str(tmp_path), [])
