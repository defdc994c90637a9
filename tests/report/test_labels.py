"""Labels: shown as they are written, and true of what was trained."""

import re
from html import unescape

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from drawn import shown
from naseval.analysis.tables import escaped, html, markdown, unescaped, write_table
from naseval.cards.markdown import details, escaped_labels, table
from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.figures import benchmark, style
from naseval.figures.genotype import draw as draw_genotype
from naseval.figures.letters import FONTS, font_file, undrawable
from naseval.randomness import stream
from naseval.report.labels import labels
from naseval.settings.validation import merged
from naseval.spaces import get_space
from small_studies import DIFFICULT
from study_tables import made_up_benchmark

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"])
    | st.sampled_from(" \\`*_{}[]()<>#+-.!|~$&;:=1a"),
    min_size=1, max_size=24,
).filter(lambda text: text.strip() == text)  # fmt: skip


def words(page: str) -> str:
    """Return the text that a reader of HTML sees in its first cell or heading."""
    found = re.search(r"<(td|h1|summary|p)[^>]*>(.*?)</\1>", page, re.DOTALL)
    assert found, page
    assert "<" not in found[2], page
    return unescape(found[2])


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_markdown_shows_a_text_as_it_is_written(text):
    assert words(RENDERER.render(f"# {escaped(text)}\n")) == text
    assert words(RENDERER.render(f"{escaped(text)}\n")) == text
    assert unescaped(escaped(text)) == text


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_a_table_shows_its_texts_as_they_are_written(name, text):
    page = RENDERER.render(markdown(pd.DataFrame({name: [text]}), "Title", "Note."))
    head, cell = re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", page, re.DOTALL)
    assert [words(f"<p>{one}</p>") for one in (head, cell)] == [name, text]
    card = RENDERER.render(table(["dataset"], [[escaped_labels({"a": text})["a"]]]))
    assert words(card) == text


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_a_note_shows_labels_as_they_are_written(one, other):
    note = f"*Without*: {escaped(one)}, {escaped(other)}."
    for page in (
        html(pd.DataFrame({"a": ["1"]}), "Title", note),
        RENDERER.render(markdown(pd.DataFrame({"a": ["1"]}), "Title", note)),
    ):
        said = re.findall(r"<p[^>]*>(.*?)</p>", page, re.DOTALL)[-1]
        assert said.startswith("<em>Without</em>")
        assert words(f"<p>{said.removeprefix('<em>Without</em>')}</p>") == f": {one}, {other}."


@pytest.mark.parametrize("label", DIFFICULT)
def test_html_shows_a_label_as_it_is_written(label):
    page = html(pd.DataFrame({label: [label]}), label, "A note.")
    head, cell = re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", page)
    assert [words(f"<p>{one}</p>") for one in (head, cell)] == [label, label]
    assert words(details(label, "body")) == label


def test_only_names_of_columns_lose_their_underscores(tmp_path):
    tidy = pd.DataFrame({"random_mean": [1.0], "welch_p": [0.00012]})
    write_table(tidy, tmp_path / "tidy", "A title", "A note.", {})
    assert "| random mean | Welch's p |" in (tmp_path / "tidy.md").read_text(encoding="utf-8")
    assert "| 1.00 | 0.00012 |" in (tmp_path / "tidy.md").read_text(encoding="utf-8")
    laid_out = pd.DataFrame({"my_data": ["0.32"]})
    write_table(tidy, tmp_path / "wide", "A title", "A note.", {}, laid_out)
    assert "| my\\_data |" in (tmp_path / "wide.md").read_text(encoding="utf-8")
    assert '<th scope="col" class="amount">my_data</th>' in (tmp_path / "wide.html").read_text(
        encoding="utf-8"
    )


def test_a_figure_shows_labels_as_they_are_written(tmp_path, recwarn):
    datasets = {f"dataset-{place}": label for place, label in enumerate(DIFFICULT[:6])}
    methods = {f"method-{place}": label for place, label in enumerate(DIFFICULT[6:])}
    drawing = benchmark.draw(
        made_up_benchmark(datasets, methods, 2, 1), datasets, methods, dict.fromkeys(datasets, 1.0)
    )
    style.save(drawing.figure, drawing.data, tmp_path / "figure")
    assert set(DIFFICULT) <= set(shown(drawing.figure))
    assert not [str(one.message) for one in recwarn if "missing from font" in str(one.message)]


def test_the_title_of_a_genotype_is_shown_as_it_is_written():
    space = get_space("darts")
    genotype = space.sample(stream("tests", "label"), space.samplers[0])
    assert "".join(DIFFICULT) in "".join(shown(draw_genotype(genotype, "".join(DIFFICULT)).figure))


def test_every_font_is_there_and_has_its_name():
    from fontTools.ttLib import TTFont

    for name in FONTS:
        assert TTFont(font_file(name))["name"].getBestFamilyName() == name
    assert [undrawable(text) for text in ("CIFAR-10", "Москва", "ダーツ", "한국", "a\nb")] == [
        "", "", "", "한", "\n",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [("datasets", "cifar10"), ("methods", "darts")])
def test_a_letter_that_no_font_has_is_one_sentence(paper, kind, name):
    paper[kind][name]["label"] = "데이터"
    with pytest.raises(NasevalError, match=rf"{kind}\.{name}\.label: no font .* '데' \(U\+B370\)"):
        labels("reproduced", load_config(paper))
    assert labels("published", load_config(paper))


def test_labels_of_protocols_follow_the_configuration(paper):
    found = labels("reproduced", load_config(paper), "protocols")["protocol_labels"]
    assert found["cda"] == "C+D+A" and found["a"] == "auxiliary tower (A)"
    assert found["cda-50c"] == "C+D+A, 50 channels"
    assert found["cda-aa-50c-1500e"] == "C+D+A, AutoAugment, 1500 epochs, 50 channels"
    overlay = {
        "protocols": {
            "base": {"epochs": 1, "channels": 2},
            "c": {"cutout": 0},  # as base
            "cda-50c": {"channels": 3},
            "cda-aa-1500e": {"epochs": 2},
        }
    }
    found = labels("reproduced", load_config(merged(paper, overlay)), "protocols")[
        "protocol_labels"
    ]
    assert found["cda-50c"] == "D+A, 3 channels"
    assert found["cda-aa-1500e"] == "D+A, AutoAugment, 2 epochs"
    assert found["c"] == "c" and found["base"] == "base"
    assert found["cd"] == "drop path (D) (cd)" and found["d"] == "drop path (D) (d)"


def test_a_label_names_the_numbers_of_all_datasets_of_a_study(paper):
    paper["studies"]["tricks"]["datasets"] = ["cifar10", "sport8"]
    paper["protocols"]["cda-50c"]["overrides"] = {"sport8": {"channels": 1}}
    found = labels("reproduced", load_config(paper), "tricks")["protocol_labels"]
    assert found["cda-50c"] == "C+D+A, 1 or 50 channels"
