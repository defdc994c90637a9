"""A score card as an HTML page: its Markdown, with its pictures in it."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from naseval.cards.markdown import FOLDED
from naseval.figures.style import FILES
from naseval.figures.svg import inline

BOX = '<div class="scroll" role="group" aria-label="{}" tabindex="0">\n'
PICTURE = (
    '<span class="drawing" role="group" aria-label="{}" tabindex="0">{}</span>\n'
    '<span class="files">{}</span>'
)


def page(text: str, folder: Path) -> str:
    """Return a card as HTML that needs no other file; its links lead to files in `folder`.

    `text` is the card's Markdown, with a heading. Of HTML in it, collapsed sections are kept
    (`markdown.details`); the rest is shown as it is written.
    """
    environment = Environment(loader=PackageLoader("naseval"), autoescape=True)
    parser = MarkdownIt("commonmark").enable("table")
    tokens = list(_prepared(parser.parse(text), folder))
    title = next(_plain(token) for token in tokens if token.type == "inline")
    body = parser.renderer.render(tokens, parser.options, {})
    return environment.get_template("card.html").render(title=title, body=Markup(body))


def _plain(token: Token) -> str:
    """Return the text of an inline token, without its marks."""
    return "".join(child.content for child in token.children or ())


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _prepared(tokens: Sequence[Token], folder: Path) -> Iterator[Token]:
    """Yield the tokens with anchors of headings, boxes of tables, and pictures as SVG."""
    heading = ""
    for place, token in enumerate(tokens):
        match token.type:
            case "heading_open":
                heading = _plain(tokens[place + 1])
                anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
                token.attrSet("id", anchor)  # as GitHub's
            case "table_open":
                yield _html(BOX.format(escape(heading)))
            case "th_open" if tokens[place + 1].content:
                token.attrSet("scope", "col")
            case "th_open":  # the corner of a table is no heading
                token.tag = tokens[place + 2].tag = "td"
            case "html_block" if not FOLDED.fullmatch(token.content.strip()):
                token.content = f"<p>{escape(token.content)}</p>\n"
            case "inline":
                token.children = list(_prepared_text(token.children or [], folder))
        yield token
        if token.type == "table_close":
            yield _html("</div>\n")


def _prepared_text(tokens: Sequence[Token], folder: Path) -> Iterator[Token]:
    """Yield the parts of a text: pictures as SVG, without the links around them; tags as text."""
    kinds = ["", *(token.type for token in tokens), ""]
    for before, token, after in zip(kinds, tokens, kinds[2:], strict=False):
        if token.type == "image":
            yield _html(_picture(token, folder))
        elif token.type == "html_inline":
            yield Token("text", "", 0, content=token.content)
        elif (token.type, "image") not in {("link_open", after), ("link_close", before)}:
            yield token


def _picture(token: Token, folder: Path) -> str:
    """Return the SVG of a picture with links to its files."""
    label, file = _plain(token), Path(str(token.attrGet("src")))
    drawing = (folder / file.with_suffix(".svg")).read_text(encoding="utf-8")
    links = ", ".join(
        f'<a href="{escape(file.with_suffix(suffix).as_posix())}">{name}</a>'
        for name, suffix in FILES.items()
    )
    return PICTURE.format(escape(label), inline(drawing, label, file.stem), links)
