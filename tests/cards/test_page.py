"""Score cards as HTML: the same content as the Markdown, with pictures, safe, whole."""

import re
from html.parser import HTMLParser

import pytest
import yaml

from card_results import configured, everything
from naseval.cards.card import write_card
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import details
from naseval.cards.page import page
from paths import ROOT
from small_studies import DIFFICULT

VOID = {"meta", "br", "hr"}


class Read(HTMLParser):
    """The tags of a page, which must all be closed, and its words."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags, self.open, self.words = [], [], []
        self.feed(content)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script", "svg"} & set(self.open):
            self.words.append(data)

    def all(self, name, attribute):
        return [values[attribute] for tag, values in self.tags if tag == name]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the card of a method that has all its results."""
    paper = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    place = tmp_path_factory.mktemp("cards")
    config = configured(paper, ["nsganet"], ["cifar10"], tricks=False)
    write_card(everything(config, place / "results"), "nsganet", place, "What it does.")
    return place


def test_it_is_whole_and_its_links_lead_to_files_and_headings(folder):
    text = (folder / "nsganet.html").read_text(encoding="utf-8")
    read = Read(text)
    identifiers = [values["id"] for _, values in read.tags if "id" in values]
    assert len(identifiers) == len(set(identifiers))
    links = [values["href"] for tag, values in read.tags if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(identifiers)
    files = [link for link in links if not link.startswith("#")]
    assert len(files) == 6 * 4 and all((folder / file).is_file() for file in files)
    pictures = [values["aria-label"] for tag, values in read.tags if tag == "svg"]
    assert {"Relative improvement", "Operations", "Size"} < set(pictures) and len(pictures) == 6
    assert not re.search(r"src=|@import|https?://(?!www\.w3\.org/)", text)
    assert [tag for tag, _ in read.tags].count("h1") == 1
    heading = (folder / "nsganet.md").read_text(encoding="utf-8").splitlines()[0]
    assert heading.startswith("# ") and f"<title>{heading[2:]}: score card</title>" in text
    assert all(values.get("scope") == "col" for tag, values in read.tags if tag == "th")


def test_it_has_the_headings_and_cells_of_the_markdown(folder):
    markdown = (folder / "nsganet.md").read_text(encoding="utf-8")
    words = "".join("".join(Read((folder / "nsganet.html").read_text("utf-8")).words).split())
    lines = [line for line in markdown.splitlines() if re.match(r"#+ |\| (?!---)", line)]
    assert len(lines) > 30
    for cell in (cell for line in lines for cell in re.split(r"(?<!\\)\|", line.strip("# "))):
        plain = re.sub(r"\\(\W)|[*`]|\[(.*?)\]\(.*?\)", r"\1\2", cell)
        assert "".join(plain.split()) in words, cell


def test_a_card_of_nothing_is_a_page(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, ["darts"]), tmp_path / "results", [])
    write_card(evidence, "darts", tmp_path, "What it does.")
    read = Read((tmp_path / "darts.html").read_text(encoding="utf-8"))
    assert "missing" in [values.get("id") for _, values in read.tags]


def test_only_collapsed_sections_are_html(tmp_path):
    hostile = "<script>alert(1)</script>\n\n<details open>\n\nSee <b onclick='x()'>this</b>."
    label = "".join(DIFFICULT)
    read = Read(page(f"# A card\n\n{details(label, 'within')}\n\n{hostile}\n", tmp_path))
    tags = [tag for tag, _ in read.tags]
    assert (tags.count("details"), tags.count("script"), tags.count("b")) == (1, 1, 0)
    words = "".join(read.words)
    assert label in words and "<script>alert(1)</script>" in words and "onclick" in words
