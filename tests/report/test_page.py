"""The page: whole, offline, accessible, and showing what there is."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
import yaml
from matplotlib.colors import CSS4_COLORS

from naseval.config import load_config
from paths import ROOT
from report_pages import results, text

VOID = {"meta", "input", "img", "link", "br"}


class Page(HTMLParser):
    """Tags with their attributes; tags that were never closed."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, attribute):
        return [values[attribute] for _, values in self.tags if attribute in values]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a results folder of both sources."""
    paper = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    place = tmp_path_factory.mktemp("results")
    return results(place, load_config(paper), ("published", "reproduced"))


@pytest.fixture(scope="module")
def both(folder):
    return text(folder)


def test_it_is_whole_offline_and_accessible(both):
    page = Page(both)
    assert not page.open
    assert not re.search(r"src=|@import|url\((?!#)", both)
    identifiers = page.all("id")
    assert len(identifiers) == len(set(identifiers))
    links = page.all("href")
    anchors = {link[1:].partition("?")[0] for link in links if link.startswith("#")}
    assert anchors | set(re.findall(r"url\(#([^)]*)\)", both)) <= set(identifiers)
    figures = [values for tag, values in page.tags if tag == "svg"]
    assert len(figures) == 2
    assert all(values["role"] == "img" and values["aria-label"] for values in figures)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("caption") == tags.count("table")
    assert all("scope" in values for tag, values in page.tags if tag == "th")
    assert tags.count("main") == tags.count("h1") == 1


def test_every_file_of_a_figure_and_a_table_is_linked(folder, both):
    links = [link for link in Page(both).all("href") if not link.startswith("#")]
    assert all((folder / unquote(link)).is_file() for link in links)
    for source in ("published", "reproduced"):
        stem = f"{source}/benchmark"
        for kind in ("svg", "pdf", "png", "csv"):
            assert f"figures/{stem}.{kind}" in links
        for kind in ("csv", "parquet", "md"):
            assert f"tables/{stem}.{kind}" in links
        assert f"studies/{stem}.parquet" in links


def test_tables_say_how_long_they_are_and_numbers_are_typeset(both):
    assert "60 rows: <a" in both and "2 rows: <a" in both
    assert '<th scope="col" class="amount">column 0</th>' in both
    assert '<td class="number amount">−1.50</td>' in both


def test_a_mark_says_its_numbers(both):
    assert "<title>the line &lt;of published runs&gt;</title>" in both
    assert both.count("Point at a mark for its numbers.") == 2


def test_it_shows_what_there_is_of_both_sources(both):
    for source in ("published", "reproduced"):
        assert f"What {source} runs give." in both
        assert f"a note on {source}" in both
        assert f"studies/{source}/benchmark.parquet" in both
    assert "Figure 1: &lt;first&gt;" in both and "The paper prints it." in both
    assert 'id="a1.common.momentum"' in both and "Commit abc123abc" in both
    assert "figure-published-absent" not in both


@pytest.mark.parametrize("source", ["published", "reproduced"])
def test_one_source_is_enough(tmp_path, paper, source):
    other = {"published": "reproduced", "reproduced": "published"}[source]
    page = text(results(tmp_path, load_config(paper), (source,)))
    assert f'id="{source}"' in page and f'id="{other}"' not in page
    assert 'id="a1.common.momentum"' in page


def test_an_empty_folder_is_an_empty_page(tmp_path):
    page = text(tmp_path)
    assert not Page(page).open
    assert 'id="all-claims"' not in page and "Raw files" in page


def test_score_cards_are_linked(tmp_path):
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards/darts.md").write_text("# DARTS <first>\n\nText.\n")
    shown = text(tmp_path)
    assert not Page(shown).open
    assert '<a href="cards/darts.md">DARTS &lt;first&gt;</a>.' in shown
    (tmp_path / "cards/darts.html").write_text("<p>Text.</p>")
    assert '<a href="cards/darts.html">DARTS &lt;first&gt;</a>.' in text(tmp_path)


def test_scaled_down_numbers_say_so(tmp_path, paper, both):
    assert "Scaled down" not in both
    folder = results(tmp_path / "small", load_config(paper), ("reproduced",))
    assert "Scaled down (demo)." in text(folder, "demo")


def test_only_the_base_stylesheet_names_a_colour():
    names = "|".join(["#[0-9a-fA-F]{3,8}", *CSS4_COLORS])
    value = re.compile(rf"[:\s,]({names})(?![-\w])|\b(rgb|hsl|oklch)a?\(")
    for file in (ROOT / "src/naseval").rglob("*.*"):
        if file.suffix in {".css", ".html", ".js"} and file.name != "base.css":
            text = file.read_text()
            styles = (
                re.findall("(?s)<style>.*?</style>", text) if file.suffix == ".html" else [text]
            )
            assert not any(map(value.search, styles)), file
            assert not re.search(r'style="[^"]*color|\.style\b', text), file


def test_every_variable_is_one_of_the_base_stylesheet():
    templates = ROOT / "src/naseval/templates"
    defined = set(re.findall(r"(--\w+):", (templates / "base.css").read_text()))
    files = [file for file in templates.iterdir() if file.name != "base.css"]
    used = {name for file in files for name in re.findall(r"var\((--\w+)\)", file.read_text())}
    assert used and used <= defined
    assert not any(re.search(r"--\w+:", file.read_text()) for file in files)
