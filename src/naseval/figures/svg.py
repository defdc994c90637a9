"""SVG of figures: real text of stated widths, texts that show on hover, and SVG within HTML.

matplotlib writes text as `<text>` where the setting `svg.fonttype` is `none`. A reader's machine
may lack the fonts that the layout was made for, so `finished` states the width of every text, to
which browsers and editors fit another font. What `say_on_hover` gave an artist becomes a `<title>`,
which browsers show as a tooltip.
"""

import re
from xml.etree import ElementTree

from matplotlib.artist import Artist
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from naseval.figures.letters import FONTS

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HOVER = "hover "
"""How the identifier of an artist begins that has a text; the text follows."""
OTHERS = "Verdana, sans-serif"
"""The fonts where the figures' own are missing; Verdana's letters have nearly the same widths."""

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)
ElementTree.register_namespace("cc", "http://creativecommons.org/ns#")  # of matplotlib's metadata


def say_on_hover(artist: Artist, text: str) -> None:
    """Let the SVG show a text while the pointer is on an artist."""
    artist.set_gid(f"{HOVER}{text}")


def finished(content: bytes) -> bytes:
    """Return matplotlib's SVG with the widths of texts stated and the texts of `say_on_hover`."""
    root = ElementTree.fromstring(content)
    for text in root.iter(f"{{{SVG}}}text"):
        if text.text and not len(text):
            _state_width(text, text.text)
    said = [element for element in root.iter() if element.get("id", "").startswith(HOVER)]
    for number, element in enumerate(said):
        title = ElementTree.Element(f"{{{SVG}}}title")
        title.text = element.get("id", "").removeprefix(HOVER)
        element.insert(0, title)
        element.set("id", f"hover-{number}")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _state_width(element: ElementTree.Element, text: str) -> None:
    """State the width of a line of text as the figures' own fonts set it."""
    style = dict(part.split(": ", 1) for part in element.get("style", "").split("; ") if part)
    size = float(style["font-size"].removesuffix("px"))
    weight = style.get("font-weight", "normal")
    font = FontProperties(
        family=list(FONTS), size=size, weight=int(weight) if weight.isdigit() else weight
    )
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    if width:
        element.set("textLength", f"{width:.2f}")
        element.set("lengthAdjust", "spacingAndGlyphs")
    style["font-family"] += f", {OTHERS}"
    element.set("style", "; ".join(f"{name}: {value}" for name, value in style.items()))


def inline(content: str, label: str, prefix: str) -> str:
    """Return an SVG as an element of an HTML page, where a screen reader calls it by its label.

    The identifiers get a prefix, so that several figures can be on one page. Lines end and meet as
    `figures.css` says, since matplotlib's own rule would hold for all of the page.
    """
    root = ElementTree.fromstring(content)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}:
                parent.remove(child)
        for name, value in list(parent.items()):
            parent.set(name, re.sub(r"url\(#", f"url(#{prefix}-", value))
        if identifier := parent.get("id"):
            parent.set("id", f"{prefix}-{identifier}")
        if (reference := parent.attrib.pop(f"{{{XLINK}}}href", "")).startswith("#"):
            parent.set("href", f"#{prefix}-{reference[1:]}")
        elif reference:
            parent.set("href", reference)
    root.set("role", "img")
    root.set("aria-label", label)
    return ElementTree.tostring(root, encoding="unicode")
