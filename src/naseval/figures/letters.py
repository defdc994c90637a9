"""The fonts of all figures, and the letters that they can draw. Without matplotlib.

Planning asks `undrawable` whether a label can be shown, so that no job draws boxes for letters.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

FONTS = {
    "DejaVu Sans": ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
    "IPAexGothic": ("matplotlib_fontja", "fonts/ipaexg.ttf"),  # Japanese
}
"""By the name of a font, the package that it comes with and its place there. A letter is drawn with
the first font that has it; the fonts come with packages, so that all machines draw the same."""


def font_file(name: str) -> Path:
    """Return the file of a font of `FONTS`."""
    package, place = FONTS[name]
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"there is no package {package}, which has the font {name}")
    return Path(found.origin).parent / place


def undrawable(text: str) -> str:
    """Return the first letter of `text` that no font of `FONTS` has; an empty text if all have."""
    if text.isascii() and text.isprintable():
        return ""  # as most labels are; reading the fonts takes a while
    return next((letter for letter in text if ord(letter) not in _letters()), "")


@cache
def _letters() -> frozenset[int]:
    """Return the code points that the fonts have."""
    from fontTools.ttLib import TTFont  # planning seldom needs it

    return frozenset().union(*(TTFont(font_file(name)).getBestCmap() for name in FONTS))
