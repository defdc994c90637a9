"""What a program found is read, or refused in one sentence."""

import pytest

from naseval.errors import NasevalError
from naseval.programs.found import read_genotype, read_history
from naseval.spaces import sample
from printed_texts import as_call


def test_a_genotype_may_be_printed_or_json(tmp_path):
    genotype = sample("darts", 3)
    for text in (f"genotype = {as_call(genotype)}\n", genotype.to_json()):
        (tmp_path / "genotype.txt").write_text(text)
        assert read_genotype(tmp_path, "darts") == genotype


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, r"the program wrote no .*genotype\.txt"),
        ("", r"genotype\.txt holds no genotype"),
        ("as_call", r"genotype\.txt holds 2 genotypes; write the one"),
        ("conv", r"genotype\.txt, line 1: 'conv' is no genotype"),
        ("other", r"genotype\.txt, line 1: "),
    ],
)
def test_no_genotype_is_one_sentence(tmp_path, text, told):
    texts = {"as_call": f"{as_call(sample('darts', 0))}\n" * 2, "other": as_call(sample("nao", 0))}
    if text is not None:
        (tmp_path / "genotype.txt").write_text(texts.get(text, text))
    with pytest.raises(NasevalError, match=told) as error:
        read_genotype(tmp_path, "darts")
    assert "\n" not in str(error.value)


def test_without_a_history_the_search_is_one_epoch(tmp_path):
    [row] = read_history(tmp_path, "darts", 12.5)
    assert (row["stage"], row["epoch"], row["seconds"], row["at_once"]) == (1, 1, 12.5, 1)
    assert row["peak_memory"] >= 0


def test_the_measured_seconds_are_divided_as_the_program_says(tmp_path):
    genotype = sample("darts", 1)
    quoted = as_call(genotype).replace('"', '""')
    lines = ["epoch,seconds,validation_accuracy,genotype", f'1,1,50.5,"{quoted}"', "2,3,,"]
    (tmp_path / "history.csv").write_text("\n".join(lines))
    first, second = read_history(tmp_path, "darts", 100.0)
    assert (first["seconds"], second["seconds"]) == (25.0, 75.0)
    assert (first["validation_accuracy"], first["genotype"]) == (50.5, genotype.to_json())
    assert "validation_accuracy" not in second
    (tmp_path / "history.csv").write_text("train_loss\n1\n2\n3\n4\n")
    assert [row["seconds"] for row in read_history(tmp_path, "darts", 100.0)] == [25.0] * 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("accuracy\n1", r"history\.csv has the column 'accuracy', which is none of stage, epoch"),
        ("epoch\none", r"history\.csv, line 2: invalid literal"),
        ("epoch,train_loss\n1", r"history\.csv, line 2: it has another number of values"),
        ("epoch,genotype\n1,conv", r"history\.csv, line 2: 'conv' is no genotype"),
        ("epoch\n1\n1", r"history\.csv: the table "),
        ("validation_accuracy\n101", r"history\.csv: the table "),
        ("train_loss\nnan", r"history\.csv: the table "),
        ("seconds\n-1\n2", r"history\.csv: the table "),
        ("epoch\n", r"history\.csv has no rows"),
        (f'epoch\n"{"1" * 140_000}', r"history\.csv, line [12]: field larger than field limit"),
    ],
)
def test_a_faulty_history_is_one_sentence(tmp_path, text, told):
    (tmp_path / "history.csv").write_text(text)
    with pytest.raises(NasevalError, match=told) as error:
        read_history(tmp_path, "darts", 1.0)
    assert "\n" not in str(error.value)
