"""The site: all Markdown of the project, as it lies in the tree, with the navigation of index.rst.

`make docs` builds it into build/site. A broken link or anchor, a page that is not in the navigation
and a notebook that fails end the build. Nothing is fetched from elsewhere, neither by the build nor
by the built pages.
"""

from pathlib import Path

from naseval import __version__

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("config", "docs", "examples")
"""Where pages lie, besides the root."""

project = "naseval"
version = release = __version__
html_title = f"{project} {version}"
copyright = "the authors of naseval; MIT"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/site/index"
include_patterns = ["*.md", "config/*.md", "docs/**", "examples/*.ipynb"]
exclude_patterns = [
    path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in FOLDERS
]

myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
nb_output_stderr = "remove"

napoleon_google_docstring = False
default_role = "code"

html_theme = "furo"
html_copy_source = False
html_additional_pages = {"index": "start.html"}
templates_path = ["."]
