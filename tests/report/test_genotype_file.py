"""`python -m naseval genotype FILE` draws, counts and names the spaces."""

import subprocess
import sys

import pytest

from naseval.__main__ import main
from naseval.printed.catalogue import printed_genotype
from naseval.spaces import sample
from naseval.spaces.enas.space import integers_of
from paths import ROOT
from printed_texts import as_call


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command on a text and returns code, output and errors."""
    monkeypatch.chdir(ROOT)

    def run(text, *options):
        file = tmp_path / "mine.txt"
        file.write_text(text)
        code = main(["genotype", str(file), "--out", str(tmp_path / "out"), *options])
        return code, *capsys.readouterr()

    return run


def test_a_printed_cell_is_drawn_counted_and_placed(told, tmp_path):
    code, said, _ = told(as_call(printed_genotype("darts", "darts-v2")))
    assert code == 0
    assert "mine.txt, line 1: of the spaces darts, pdarts\n" in said
    assert "as darts: 3,351,502 parameters and " in said
    assert "as pdarts: 3,349,342 parameters and " in said  # bare pools
    assert "(cifar10 under cda: 36 channels, 20 cells, no auxiliary tower)" in said
    kinds = {path.suffix for path in (tmp_path / "out").iterdir()}
    assert kinds == {".svg", ".pdf", ".png", ".csv"}


def test_what_is_wrong_is_one_sentence(told):
    code, _, errors = told("Genotype(normal=[])", "--space", "darts")
    assert (code, errors.count("\n")) == (1, 1)
    assert "mine.txt, line 1: a genotype needs the field normal_concat" in errors
    code, _, errors = told(as_call(sample("darts", 0)), "--dataset", "cifar")
    assert code == 1 and "--dataset names the dataset 'cifar'" in errors
    code, _, errors = told(" ".join(map(str, integers_of(sample("enas", 0)))), "--space", "darts")
    assert code == 1 and "integers are genotypes of the spaces enas, nao, nsganet alone" in errors


def test_places_that_cannot_be_read_or_written_are_one_sentence(told, tmp_path, capsys):
    cell = as_call(printed_genotype("darts", "darts-v2"))
    code, _, errors = told(cell, "--out", str(tmp_path / "mine.txt"))
    assert code == 1 and "mine.txt cannot be made a folder (File exists); name another" in errors
    code, _, errors = told(cell, "--out", "/dev/null/x")
    assert code == 1 and "cannot be made a folder (Not a directory)" in errors
    assert main(["genotype", str(tmp_path)]) == 1
    assert "is a folder; name one file of genotypes" in capsys.readouterr().err


def test_without_torch_it_is_drawn_and_not_counted(tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text(as_call(printed_genotype("darts", "darts-v2")))
    program = (
        "import sys; sys.modules['torch'] = None; from naseval.__main__ import main; "
        f"sys.exit(main(['genotype', {str(file)!r}, '--out', {str(tmp_path)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "as darts: to count it needs torch, which `make install` brings" in done.stdout
    assert (tmp_path / "mine-1.svg").exists()
