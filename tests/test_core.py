"""Genotypes, files, tables and random streams."""

import os
import stat

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval import records, schemas
from naseval.errors import GenotypeError, NasevalError
from naseval.files import atomic_path, write_atomically
from naseval.genotype import Cell, Genotype
from naseval.randomness import stream, torch_seed

EDGES = st.lists(
    st.tuples(st.sampled_from(["skip_connect", "none"]), st.integers(0, 5)), max_size=3
)
CELLS = st.builds(Cell.of, st.lists(EDGES, max_size=4), st.lists(st.integers(0, 6), max_size=4))


@given(st.builds(Genotype, st.sampled_from(["darts", "nao"]), CELLS, CELLS))
def test_json_brings_a_genotype_back(genotype):
    assert Genotype.from_json(genotype.to_json()) == genotype


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("{}", "'space'"),
        ('{"space": "darts", "normal": [[["a"]]], "normal_concat": []}', "pairs"),
        ("[]", "pairs"),
        ("null", "pairs"),
    ],
)
def test_a_damaged_genotype_is_one_sentence_that_names_the_file(tmp_path, text, told):
    path = tmp_path / "genotype.json"
    path.write_text(text)
    with pytest.raises(GenotypeError) as caught:
        Genotype.read(path)
    message = str(caught.value)
    assert str(path) in message
    assert told in message
    assert "\n" not in message


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "kept.txt"
    write_atomically(path, b"old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_get_the_permissions_of_the_umask(tmp_path):
    path = tmp_path / "shared.txt"
    mask = os.umask(0o027)
    try:
        write_atomically(path, b"")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NasevalError, match="could not be written") as caught:
        write_atomically(tmp_path / "file" / "inside", b"")
    assert "\n" not in str(caught.value)


ROW = {
    "epoch": 1,
    "train_loss": 1.0,
    "train_accuracy": 50.0,
    "test_loss": 1.0,
    "test_accuracy": 40.0,
    "learning_rate": 0.1,
    "drop_path": 0.0,
    "seconds": 1.0,
    "images_per_second": 10.0,
    "peak_memory": 1,
    "at_once": 1,
}


def test_a_table_comes_back_with_its_provenance(tmp_path):
    path = tmp_path / "run.parquet"
    records.write(path, records.table(schemas.RUN, [ROW]), {"code": "abc", "settings": {"a": 1}})
    assert records.read(path, schemas.RUN).to_pylist() == [ROW]
    assert records.provenance_of(path) == {"code": "abc", "settings": {"a": 1}}


def test_provenance_does_not_change_the_content_digest(tmp_path):
    paths = [tmp_path / f"{name}.parquet" for name in "abc"]
    rows = [ROW, ROW, {**ROW, "seconds": 2.0}]
    for path, row in zip(paths, rows, strict=True):
        records.write(path, records.table(schemas.RUN, [row]), {"written by": path.name})
    first, same, other = (records.content_digest(path) for path in paths)
    assert first == same != other


def test_a_truncated_parquet_is_one_sentence_that_names_it(tmp_path):
    path = tmp_path / "run.parquet"
    records.write(path, records.table(schemas.RUN, [ROW]), {})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(NasevalError, match=r"run\.parquet is not a readable Parquet"):
        records.read(path, schemas.RUN)


def test_a_column_that_is_missing_unknown_or_empty_is_refused(tmp_path):
    path = tmp_path / "run.parquet"
    records.write(path, pa.table({"epoch": [1]}), {})
    with pytest.raises(NasevalError, match="test_accuracy"):
        records.read(path, schemas.RUN)
    with pytest.raises(ValueError, match="accuracy"):
        records.table(schemas.RUN, [{**ROW, "accuracy": 1.0}])
    with pytest.raises(ValueError, match="epoch"):
        records.table(schemas.RUN, [{**ROW, "epoch": None}])


def test_streams_depend_on_their_names_alone():
    first = stream(1, "split", "cifar10").random(4)
    stream(1, "split", "cifar100").random(100)
    assert np.array_equal(first, stream(1, "split", "cifar10").random(4))


@given(st.lists(st.one_of(st.integers(), st.text()), min_size=1, max_size=4))
def test_torch_seeds_fit_and_differ_with_each_name(names):
    seed = torch_seed(*names)
    assert 0 <= seed < 2**63
    assert seed != torch_seed(*names, 0)
    assert seed != torch_seed("more", *names)
