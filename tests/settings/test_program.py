"""Programs of methods: what a command must say, and what counts as a change of its files."""

import pytest

from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.settings.program import digests_of
from naseval.studies import asked, search_settings

COMMAND = ["python", "search.py", "{seed}", "{output}"]


def configured(paper, **changes):
    theirs = {"label": "Theirs", "command": COMMAND, "space": "darts", "protocol": "cda"}
    paper["methods"]["theirs"] = {**theirs, **changes}
    return load_config(paper)


def test_it_searches_here_but_not_by_a_module(paper, tmp_path):
    (tmp_path / "search.py").write_text("1")
    files = [str(tmp_path / "search.py")]
    config = configured(paper, files=files)
    assert "theirs" in config.searching
    assert "theirs" not in config.implemented
    given = search_settings(asked(config, [], [("cifar10", "theirs")]), "cifar10", "theirs", 2)
    assert given["program"] == {
        "command": COMMAND, "environment": None, "files": digests_of(files)
    }  # fmt: skip
    assert (given["space"], given["seed"]) == ("darts", 2)


def test_a_dataset_may_have_another_command(paper):
    other = [*COMMAND, "--small"]
    config = configured(paper, overrides={"small": {"command": other}})
    assert config.program("theirs", "cifar10").command == other
    assert config.program("theirs", "mit67").command == COMMAND


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"command": []}, r"methods\.theirs\.command"),
        ({"command": ["x", "{output}"]}, r"command: .*not told \{seed\}; add it"),
        ({"command": [*COMMAND, "{sed}"]}, r"command: .*\{sed\} is not filled in; use \{data\}"),
        ({"search": {}}, "a method with command searches by that program; remove search"),
        ({"genotypes": "x"}, "a method with command searches by that program"),
        ({"command": None, "search": {}, "files": ["x"]}, "files are for methods with command"),
        ({"command": None}, "a method needs search, .* or command, a program that searches"),
        ({"cost": {"seconds": -1, "device": "cpu"}}, r"cost\.seconds"),
    ],
)
def test_a_fault_is_one_sentence(paper, changes, told):
    with pytest.raises(NasevalError, match=told) as error:
        configured(paper, **changes)
    assert "\n" not in str(error.value)


def test_what_is_not_there_is_one_sentence(paper, tmp_path):
    config = configured(paper, files=["absent.py"], environment=str(tmp_path / "bare"))
    with pytest.raises(NasevalError, match=r"methods\.theirs\.environment: .*bare has no folder"):
        config.program("theirs", "cifar10")
    (tmp_path / "bare/bin").mkdir(parents=True)
    with pytest.raises(NasevalError, match=r"methods\.theirs\.files: absent\.py could not be read"):
        config.program("theirs", "cifar10")


def test_a_folder_stands_for_its_files(tmp_path):
    def digest():
        return digests_of([str(tmp_path)])

    (tmp_path / "part").mkdir()
    (tmp_path / "part/a.py").write_text("1")
    first = digest()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/a.pyc").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("x")
    assert digest() == first
    (tmp_path / "part/a.py").rename(tmp_path / "part/b.py")
    renamed = digest()
    (tmp_path / "part/b.py").write_text("2")
    assert len({str(found) for found in (first, renamed, digest())}) == 3
