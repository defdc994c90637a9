"""The pages in a real browser: on a phone, in the dark, printed, by keyboard, filtered."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from browser import needs_chromium, probed
from card_results import configured, everything
from naseval.cards.card import write_card
from naseval.config import load_config
from paths import ROOT
from report_pages import results, text

pytestmark = [pytest.mark.browser, needs_chromium]

WIDE, PHONE = 1400, 390

LAYOUT = """
const box = (element) => element.getBoundingClientRect();
const style = window.getComputedStyle(document.documentElement);
const all = (selector) => [...document.querySelectorAll(selector)];
const parts = all("body *").filter((part) => !part.matches("svg *, .scroll *, .drawing *"));
const wider = parts.filter((part) => box(part).right > window.innerWidth + 1);
const texts = all("svg text");
for (const text of texts) text.style.fontFamily = "serif"; // as if the figures' fonts were missing
const more = (one) =>
  one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1;
return {
  width: document.documentElement.scrollWidth,
  wider: wider.map((part) => part.outerHTML.slice(0, 99)),
  figures: all(".drawing svg").map((svg) => box(svg).width),
  background: style.backgroundColor,
  colour: style.color,
  boxes: all(".scroll, .drawing").map((region) => ({
    name: region.getAttribute("aria-label"),
    scrolls: more(region),
    stop: region.tabIndex === 0,
    shaded: window.getComputedStyle(region).backgroundImage.includes("gradient"),
  })),
  letters: texts.map((text) => text.getBBox().width),
  stated: texts.map((text) => parseFloat(text.getAttribute("textLength"))),
};
"""

CLAIMS = """
const visible = () => [...document.querySelectorAll("#claims tbody tr:not([hidden])")];
const ids = () => visible().map((row) => row.cells[0].textContent);
const field = (name) => document.getElementById(name);
const choose = (name, value) => {
  field(name).value = value;
  for (const kind of ["input", "change"]) field(name).dispatchEvent(new window.Event(kind));
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 200));
"""

FILTERED = f"""{CLAIMS}
const found = {{ all: visible().length, parts: [] }};
for (const part of document.querySelectorAll(".legend a")) {{
  part.click();
  await settled();
  found.parts.push([part.textContent, visible().length, window.location.hash]);
}}
document.querySelector(".filters [type=reset]").click();
await settled();
found.reset = [visible().length, window.location.hash];
choose("verdict", "match");
found.match = visible().map((row) => [row.dataset.recomputed, row.dataset.reproduced]);
found.status = field("status").textContent;
choose("text", "momentum");
found.momentum = ids();
found.address = window.location.hash;
choose("text", "");
choose("verdict", "");
const heading = document.querySelector("#claims thead th");
heading.firstElementChild.click();
heading.firstElementChild.click();
found.sorted = ids();
found.direction = heading.ariaSort;
return found;
"""

PRINTED = """
for (const sheet of document.styleSheets)
  for (const rule of sheet.cssRules)
    if (rule instanceof window.CSSMediaRule)
      rule.media.mediaText = /print/.test(rule.media.mediaText) ? "all" : "not all";
const box = (element) => element.getBoundingClientRect();
const overlaps = (one) => {
  const next = one.nextElementSibling;
  return next && box(next).height && box(one.firstElementChild).bottom > box(next).top + 1;
};
const scrolls = [...document.querySelectorAll(".scroll")];
const adjust = (one) => window.getComputedStyle(one).printColorAdjust;
return {
  overlapping: scrolls.filter(overlaps).map((one) => one.getAttribute("aria-label")),
  hidden: scrolls.filter((one) => box(one.firstElementChild).height > box(one).height + 1).length,
  wider: document.documentElement.scrollWidth - window.innerWidth,
  bars: [...document.querySelectorAll(".bar a")].map(adjust),
  filters: box(document.querySelector(".filters")).height,
};
"""


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    """Return the paper's configuration, as read."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def page(settings, tmp_path_factory) -> str:
    """Return the page of a small results folder of both sources."""
    folder = tmp_path_factory.mktemp("results")
    return text(results(folder, load_config(settings), ("published", "reproduced")))


@pytest.fixture(scope="module")
def card(settings, tmp_path_factory) -> str:
    """Return the score card of a method that has all its results."""
    folder = tmp_path_factory.mktemp("cards")
    config = configured(settings, ["nsganet"], ["cifar10"], tricks=False)
    write_card(everything(config, folder / "results"), "nsganet", folder, "What it does.")
    return (folder / "nsganet.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (WIDE, False)])
def test_it_fits_shows_where_it_scrolls_and_stops_only_there(page, tmp_path, width, dark):
    found, console = probed(page, tmp_path, LAYOUT, width=width, dark=dark)
    assert console == []
    assert found["wider"] == [] and found["width"] <= width
    assert len(found["figures"]) == 2 and min(found["figures"]) > 200
    shades = [
        sum(map(int, re.findall(r"\d+", found[name])[:3])) for name in ("background", "colour")
    ]
    assert (shades[0] < 100 and shades[1] > 600) if dark else shades == [765, 0]
    boxes = {box["name"]: box for box in found["boxes"]}
    assert all(box["stop"] == box["scrolls"] for box in found["boxes"])
    assert boxes["Table 1: first"]["scrolls"] and not boxes["Table 2: short"]["scrolls"]
    assert boxes["Table 1: first"]["shaded"]
    assert found["letters"] == pytest.approx(found["stated"], abs=1)


def test_parts_of_the_overview_filter_the_claims_and_the_address_says_so(page, tmp_path):
    found, console = probed(page, tmp_path, FILTERED, width=WIDE)
    assert console == []
    assert len(found["parts"]) > 1
    for label, shown, address in found["parts"]:
        assert label.split()[0] == str(shown) and 0 < shown < found["all"]
        assert address.startswith("#claims?verdict=")
    assert found["reset"] == [found["all"], "#claims"]
    assert found["match"] and all("match" in verdicts for verdicts in found["match"])
    assert found["status"] == f"{len(found['match'])} of {found['all']} claims"
    assert found["momentum"] == ["a1.common.momentum"]
    assert found["address"] == "#claims?text=momentum&verdict=match"
    assert found["direction"] == "descending"
    assert found["sorted"][0] > found["sorted"][-1]


def test_an_address_filters_the_claims(page, tmp_path):
    address = "#claims?text=momentum&judged=reproduced&verdict=match"
    found, _ = probed(page, tmp_path, f"{CLAIMS} return ids();", address=address)
    assert found == ["a1.common.momentum"]


def test_print_shows_every_row_and_nothing_over_another(page, tmp_path):
    found, _ = probed(page, tmp_path, PRINTED, width=700)
    assert found["overlapping"] == [] and found["hidden"] == 0
    assert found["bars"] and set(found["bars"]) == {"exact"}
    assert found["filters"] == 0


def test_a_card_fits_a_phone_and_stops_only_where_it_scrolls(card, tmp_path):
    found, console = probed(card, tmp_path, LAYOUT, width=PHONE)
    assert console == []
    assert found["wider"] == [] and found["width"] <= PHONE
    assert len(found["figures"]) == 6
    assert all(box["stop"] == box["scrolls"] for box in found["boxes"])
    assert found["letters"] == pytest.approx(found["stated"], abs=1)


AXE = os.environ.get("NASEVAL_AXE", "")
"""axe.min.js of the npm package axe-core, which this project does not carry."""
RULES = """
const script = document.createElement("script");
script.textContent = axe;
document.head.append(script);
const { violations } = await window.axe.run(document);
return violations.map((one) => [one.impact, one.id, one.nodes.length, one.nodes[0].html]);
"""


@pytest.mark.skipif(not AXE, reason="NASEVAL_AXE names no axe.min.js")
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("kind", ["page", "card"])
def test_axe_finds_nothing(request, tmp_path, kind, width, dark):
    content = request.getfixturevalue(kind)
    source = json.dumps(Path(AXE).read_text(encoding="utf-8")).replace("</", r"<\/")
    scripts = f"const axe = {source};"
    found, _ = probed(content, tmp_path, RULES, width=width, dark=dark, scripts=scripts)
    assert found == []
