"""The site: every page is in its navigation, broken links end the build, nothing is fetched.

`make docs` builds the real one; here are small ones with the same configuration.
"""

import fnmatch
import re
import shutil
import subprocess
import sys

import pytest
import yaml

import naseval
from naseval.spaces import space_names
from paths import ROOT

SITE = ROOT / "docs/site"
PAGES = ("*.md", "config/*.md", "docs/**/*.md", "docs/site/reference.rst", "examples/*.ipynb")
FETCHED = re.compile(
    r"""(?:<(?:script|link|img)\b[^>]*(?:src|href)=|@import|url\()["']?(?:https?:)?//"""
)
OF_THE_API = {"Estimate", "Neighbourhood", "Space"}
"""What functions of the library return, and what is not a name of `naseval` itself."""

GOOD = """
# Start

[A page](docs/page.md#a-section), [a file](config/some.yaml), and [elsewhere](https://example.org).

```python
print("highlighted")
```
"""
BAD = "[an anchor](docs/page.md#nothing), [a page](docs/gone.md), [a file](config/gone.yaml)\n"
INDEX = "Small\n=====\n\n.. toctree::\n\n   /README\n   /docs/page\n"


def keys(section, *files):
    """Return the keys of a section of configuration files."""
    loaded = [yaml.safe_load((ROOT / "config" / file).read_text()) for file in files]
    return {key for config in loaded for key in config[section]}


def test_every_page_is_in_the_navigation():
    entries = re.findall(r"^   (?:.*<)?/([^\s>]+)>?$", (SITE / "index.rst").read_text(), re.M)
    assert len(entries) == len(set(entries))
    paths = [path.relative_to(ROOT) for pattern in PAGES for path in ROOT.glob(pattern)]
    pages = sorted(path.with_suffix("").as_posix() for path in paths)
    assert [entry for entry in entries if not fnmatch.filter(pages, entry)] == []
    assert [page for page in pages if not any(fnmatch.fnmatch(page, one) for one in entries)] == []


def test_the_reference_has_every_public_name():
    names = re.findall(
        r"^\.\. auto\w+:: naseval\.(?:\w+\.)*(\w+)", (SITE / "reference.rst").read_text(), re.M
    )
    assert sorted(names) == sorted({*naseval.__all__, *OF_THE_API} - {"__version__"})


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("protocols.md", keys("protocols", "config.yaml")),
        ("studies.md", keys("studies", "config.yaml")),
        ("methods/README.md", keys("methods", "config.yaml", "successors.yaml")),
        ("methods/README.md", set(space_names())),
    ],
)
def test_pages_name_all_that_is_configured(page, expected):
    text = (ROOT / "docs" / page).read_text()
    assert sorted(key for key in expected if f"`{key}`" not in text) == []


@pytest.fixture
def small(tmp_path):
    """Return a project of two pages with the configuration of the site."""
    shutil.copytree(SITE, tmp_path / "docs/site")
    (tmp_path / "docs/site/reference.rst").unlink()
    (tmp_path / "docs/site/index.rst").write_text(INDEX)
    (tmp_path / "README.md").write_text(GOOD)
    (tmp_path / "docs/page.md").write_text("# A page\n\n## A section\n\nText.\n")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/some.yaml").write_text("key: value\n")
    (tmp_path / "results").mkdir()
    (tmp_path / "results/README.md").write_text("# No page\n")
    return tmp_path


def built(project, *options):
    """Build the site and return what the build did and said."""
    command = ["sphinx", *options, "-q", "--keep-going", "-c", "docs/site", ".", "build/site"]
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False
    )


def test_a_site_whose_links_hold_is_built_and_fetches_nothing(small):
    done = built(small, "-W")
    assert done.returncode == 0, done.stderr
    pages = {
        path.relative_to(small / "build/site").as_posix(): path.read_text()
        for path in small.glob("build/site/**/*.html")
    }
    assert {"index.html", "README.html", "docs/page.html", "search.html"} <= set(pages)
    assert not any(name.startswith("results") for name in pages)
    assert 'href="docs/page.html#a-section"' in pages["README.html"]
    assert len(list(small.glob("build/site/_downloads/*/some.yaml"))) == 1
    texts = {
        **pages,
        **{path.name: path.read_text() for path in small.glob("build/site/_static/**/*.css")},
    }
    assert [name for name, text in texts.items() if FETCHED.search(text)] == []


def test_what_does_not_hold_is_said_and_ends_the_build(small):
    (small / "README.md").write_text(GOOD + BAD)
    (small / "docs/orphan.md").write_text("# Nowhere\n")
    done = built(small, "-W")
    assert done.returncode != 0
    for broken in ("nothing", "docs/gone.md", "config/gone.yaml"):
        assert re.search(rf"README\.md.*{re.escape(broken)}", done.stderr), done.stderr
    assert re.search(r"orphan\.md.*toctree", done.stderr), done.stderr
