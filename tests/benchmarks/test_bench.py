"""`make bench` and its counting, on steps of milliseconds."""

import re
import shutil
from pathlib import Path

import pytest
import torch
from benchmarks.bench.cases import CASES, RUNS, TINY, built
from benchmarks.bench.clock import peak_bytes
from benchmarks.bench.counts import CHUNK, Counts

from naseval.methods._supernet.banked_cell import BankedCell
from naseval.networks.depthwise import DepthwiseConv2d
from quick_benchmarks import quick

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/performance.md"
TABLES = ("exactness", "counts", "speed", "growth")


def part(text, name):
    return re.search(f"bench:begin {name} -->\n(.*?)<!-- bench:end {name}", text, re.DOTALL)[1]


def test_a_run_renews_all_tables_and_nothing_else(tmp_path):
    document = tmp_path / "performance.md"
    shutil.copy(DOCUMENT, document)
    before = document.read_text()
    quick("bench", "--document", str(document))
    after = document.read_text()
    for name in TABLES:
        assert part(after, name) != part(before, name)
        assert part(after, name).count("\n|") >= 3
        before = before.replace(part(before, name), "")
        after = after.replace(part(after, name), "")
    assert after == before
    differences = re.findall(r"\de[-+]\d+", part(document.read_text(), "exactness"))
    assert all(float(found) < 1e-10 for found in differences)


def test_kernels_are_counted():
    x, weight = (torch.randn(*shape, requires_grad=True) for shape in ((2, 3, 8, 8), (4, 3, 3, 3)))
    with Counts() as counts:
        y = torch.nn.functional.conv2d(x, weight)
        y.view(2, -1).sum()
    assert (counts.calls, counts.kernels) == (3, 2)
    slope = torch.ones(y.shape)
    for wanted, expected in (((x, weight), 2), (x, 1)):
        with Counts() as counts:
            torch.autograd.grad(y, wanted, slope, retain_graph=True)
        assert counts.by_name["convolution_backward"] == 1
        assert counts.kernels == expected
    tensors = [torch.zeros(1)] * (CHUNK + 1)
    with Counts() as counts:
        torch._foreach_add(tensors, 1.0)
    assert (counts.calls, counts.kernels) == (1, 2)


def test_peaks_are_of_what_is_alive_at_once():
    def run():
        first = torch.zeros(1000)
        del first
        second, third = torch.zeros(2000), torch.zeros(500)
        return second, third

    assert peak_bytes(run, torch.device("cpu")) == 4 * 2500


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_forms_differ_in_nothing_but_form(case):
    plain, fast = (
        built(case, plain=plain, size=TINY, device=torch.device("cpu")) for plain in (True, False)
    )
    for step, banks in ((plain, False), (fast, case not in RUNS)):
        kinds = {type(module) for module in step.task.network.modules()}
        assert (BankedCell in kinds) == banks
        assert step is fast or DepthwiseConv2d not in kinds
    first, second = (
        sum(weight.numel() for weight in step.task.network.parameters()) for step in (plain, fast)
    )
    assert first == second
