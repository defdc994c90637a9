"""Keys that stand twice, and overlays that are left out."""

import pytest

from naseval.checks.configfiles import check_configfiles, check_dropped, record_overlays
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


def test_an_overlay_that_is_left_out_is_noticed(tmp_path):
    base, demo, mine = "config/config.yaml", "config/demo.yaml", "elsewhere/mine.yaml"
    check_dropped(str(tmp_path), [base])
    record_overlays(str(tmp_path), [demo, base])
    record_overlays(str(tmp_path), [demo, mine, base])
    check_dropped(str(tmp_path), ["/moved/demo.yaml", mine, base])
    for given in ([base], [mine, base]):
        with pytest.raises(ConfigError, match=r"overlay demo\.yaml, which this command leaves out"):
            check_dropped(str(tmp_path), given)
        with pytest.raises(ConfigError, match=r"overlay demo\.yaml, which this command leaves out"):
            record_overlays(str(tmp_path), given)


def test_overlays_in_another_order_are_noticed(tmp_path):
    record_overlays(str(tmp_path), ["config/demo.yaml", "mine.yaml", "config/config.yaml"])
    for given in (["mine.yaml", "demo.yaml"], ["mine.yaml", "site.yaml", "demo.yaml"]):
        with pytest.raises(ConfigError, match=r"overlays demo\.yaml mine\.yaml, .* in this order"):
            check_dropped(str(tmp_path), given)
    check_dropped(str(tmp_path), ["demo.yaml", "site.yaml", "mine.yaml", "demo.yaml"])


def test_an_overlay_is_remembered_where_it_was_given(tmp_path):
    record_overlays(str(tmp_path), ["demo.yaml"])
    record_overlays(str(tmp_path), ["site.yaml", "demo.yaml", "mine.yaml"])
    check_dropped(str(tmp_path), ["site.yaml", "demo.yaml", "mine.yaml"])
    with pytest.raises(ConfigError, match=r"overlays site\.yaml demo\.yaml mine\.yaml"):
        check_dropped(str(tmp_path), ["demo.yaml", "site.yaml", "mine.yaml"])


def test_results_of_no_overlay_remember_none(tmp_path):
    record_overlays(str(tmp_path), ["config/config.yaml"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{", "3", "[3]"])
def test_a_damaged_record_is_no_obstacle(tmp_path, content):
    (tmp_path / "overlays.json").write_text(content, encoding="utf-8")
    check_dropped(str(tmp_path), [])
