"""The authors' pickle is read without running anything in it."""

import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.published import genotypes
from naseval.published.pickled import genotype_fields, load_pairs

TEXT = (
    "GENOTYPE=Genotype(normal=[[('max_pool_3x3', 0), ('skip_connect', 1)], "
    "[('sep_conv_3x3', 2), ('sep_conv_5x5', 0)]], normal_concat=range(2, 4), "
    "reduce=[[('sep_conv_5x5', 1), ('avg_pool_3x3', 0)], "
    "[('skip_connect', 0), ('dil_conv_3x3', 2)]], reduce_concat=range(2, 4))"
)

# What Python 3 with numpy 1 writes for [(TEXT, numpy.float64(97.06))] at protocol 3, by hand.
UPSTREAM_FORM = (
    b"\x80\x03]q\x00X"
    + struct.pack("<I", len(TEXT))
    + TEXT.encode()
    + b"q\x01cnumpy.core.multiarray\nscalar\nq\x02cnumpy\ndtype\nq\x03X\x02\x00\x00\x00f8q\x04"
    + b"K\x00K\x01\x87q\x05Rq\x06(K\x03X\x01\x00\x00\x00<q\x07NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
    + b"K\x00tq\x08bC\x08"
    + struct.pack("<d", 97.06)
    + b"q\x09\x86q\x0aRq\x0b\x86q\x0ca."
)


class Hostile:
    """Runs a command when an ordinary unpickler meets it."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.target}",)


def test_the_upstream_form() -> None:
    assert load_pairs(UPSTREAM_FORM) == [(TEXT, 97.06)]


@pytest.mark.parametrize("protocol", range(3, pickle.HIGHEST_PROTOCOL + 1))
def test_numpy_scalars_of_this_numpy(protocol: int) -> None:
    content = pickle.dumps([(TEXT, np.float64(97.06)), (TEXT, np.float64(96.5))], protocol)
    assert load_pairs(content) == [(TEXT, 97.06), (TEXT, 96.5)]


def test_a_hostile_pickle_runs_nothing(tmp_path: Path) -> None:
    target = tmp_path / "touched"
    content = pickle.dumps([(TEXT, Hostile(target))])
    with pytest.raises(NasevalError, match="refused"):
        load_pairs(content)
    assert not target.exists()
    pickle.loads(content)  # it would have
    assert target.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        UPSTREAM_FORM[:300],
        pickle.dumps([(1, 2.0)]),
        pickle.dumps([(TEXT, 97.06, "more")]),
        pickle.dumps({"a": 1}),
        pickle.dumps([(TEXT, np.float32(97.06))]),
        pickle.dumps([(TEXT, 10**400)]),
    ],
)
def test_other_contents_are_refused(content: bytes) -> None:
    with pytest.raises(NasevalError, match="refused"):
        load_pairs(content)


def test_genotype_text() -> None:
    fields = genotype_fields(TEXT)
    genotype = Genotype.from_dict({"space": "darts", **fields})
    assert genotype.normal.nodes[1] == (("sep_conv_3x3", 2), ("sep_conv_5x5", 0))
    assert genotype.reduce.concat == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "Genotype(normal=__import__('os').getcwd())",
        "Other(normal=[])",
        "Genotype([])",
        "[1, 2]",
        "Genotype(",
        "Genotype(normal=range(len('abc')))",
        "Genotype(normal=range(0, 999999999999))",
        f"Genotype(normal={'9' * 30}, reduce=range(0, {'9' * 30}))",
        f"Genotype(normal={'-' * 100_000}1)",
        f"Genotype(normal={'1+' * 100_000}1)",
        "Genotype(normal={[]: 1})",
    ],
    ids=lambda text: text[:40],
)
def test_text_that_is_no_genotype_is_refused(text: str) -> None:
    with pytest.raises(NasevalError, match="is no genotype"):
        genotype_fields(text)


def test_loading_by_content(tmp_path: Path) -> None:
    place = tmp_path / genotypes.FILE
    place.parent.mkdir(parents=True)
    place.write_bytes(UPSTREAM_FORM)
    ((genotype, accuracy),) = genotypes.load(tmp_path)
    assert accuracy == 97.06
    assert genotype.space == "darts"
    edges = genotypes.read(tmp_path).to_pylist()
    assert len(edges) == 8
    assert edges[0] == {
        "genotype": "darts/random-000",
        "space": "darts",
        "cell": "normal",
        "node": 2,
        "operation": "max_pool_3x3",
        "input": 0,
    }
