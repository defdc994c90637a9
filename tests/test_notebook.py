"""The notebook runs, from its first cell to its last, and holds no outputs of an earlier run."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from paths import ROOT

FILE = ROOT / "examples/library.ipynb"


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_stored_without_outputs():
    cells = code(nbformat.read(FILE, as_version=4))
    assert len(cells) > 8
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@pytest.fixture(scope="module")
def outputs():
    """Run the notebook in its folder; return the outputs of its cells, as texts and types."""
    notebook = nbformat.read(FILE, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": FILE.parent}}).execute()
    found = [output for cell in code(notebook) for output in cell.outputs]
    assert {output.output_type for output in found} <= {"stream", "execute_result", "display_data"}
    return found


def test_it_runs_and_shows_what_it_says(outputs):
    text = "".join(output.get("text", "") for output in outputs)
    data = [output.data for output in outputs if "data" in output]
    assert "'darts'" in text
    assert any("image/png" in one for one in data)
    shown = "\n".join(one.get("text/plain", "") for one in data)
    assert re.search(r"^Size\(parameters=\d{7}, macs=\d{9}\)$", shown, re.M)
    assert re.search(r"'train_loss': \d", shown)
    assert re.search(r"^0 +1 +\d.*\n1 +2 +\d", shown, re.M)  # a row for each of two epochs
    improvements = re.findall(r"^RI ([+-][\d.]+) % \(95 % interval (\S+) to (\S+)\)$", text, re.M)
    assert len(improvements) == 2
    assert improvements[1] == ("+0.32", "+0.11", "+0.53")  # as docs/statistics.md has it
