"""`python -m naseval verify`: whole results pass, and each fault is one line with a command."""

import re
import shutil
import zipfile

import pyarrow as pa
import pytest

from card_results import configured, everything, write_runs
from data_folders import digits, digits_settings, write_folder
from naseval import records, schemas
from naseval.cards import inputs
from naseval.errors import NasevalError
from naseval.exports import relative_paths, write_archive
from naseval.files import write_atomically
from naseval.spaces import sample
from naseval.studies import asked, genotype_file, labelled, members, unique_runs
from naseval.studies._gather import gather_runs
from naseval.studies._stopping import look_file, look_settings, rows_at
from naseval.verification import verify


@pytest.fixture
def whole(tmp_path, paper):
    """Return a configuration and a results folder with all that it asks for, without images."""
    config = configured(paper, ["darts"], ["cifar10"], tricks=False, n=2)
    everything(config, tmp_path)
    for index in range(2):
        genotype = sample("darts", index, config.spaces["darts"].sampler)
        genotype.write(tmp_path / f"architectures/darts/random-{index:03d}.json")
    for file in [*inputs.run_files(config), *(one.history for one in inputs.genotypes(config))]:
        _with_inputs(tmp_path / file, tmp_path)
    rows = labelled(config, "benchmark")
    settings = asked(config, unique_runs(members(config, "benchmark")))
    table = gather_runs(tmp_path, "benchmark", rows, settings).table
    study = tmp_path / "studies/reproduced/benchmark.parquet"
    records.write(study, table, {"settings": {"members": rows, "asked": settings}})
    runs = relative_paths(tmp_path, [study, *(tmp_path / row["path"] for row in rows)])
    write_archive(tmp_path / "exports/benchmark.zip", "benchmark", runs)
    return config, tmp_path


def _with_inputs(path, root):
    """Add the digest of its genotype to the provenance of a made-up result."""
    if not path.exists():  # a random genotype has no history
        return
    content = records.read(path)
    made = records.provenance_in(content)
    genotype = made["settings"].get("genotype")
    found = {}
    if genotype:
        file = root / genotype_file(genotype)
        found = {file.name: records.content_digest(file)}
    records.write(path, content, made | {"inputs": found})


def test_whole_results_have_no_fault(whole):
    verified = verify(*whole)
    assert verified.faults == []
    assert verified.files["runs"] == 4 and verified.files["searches"] == 2
    assert verified.unasked == 0
    assert verified.text().endswith("faults: 0\n")


def test_each_fault_is_a_line_with_its_file_and_a_mend(whole):
    config, root = whole
    runs = sorted(root.glob("runs/**/*.parquet"))
    runs[0].write_bytes(runs[0].read_bytes()[:-10])
    sample("darts", 7).write(root / "architectures/darts/random-001.json")
    sample("nao", 0).write(root / "searches/cifar10/darts/seed-1/genotype.json")
    with zipfile.ZipFile(root / "exports/benchmark.zip", "a") as archive:
        archive.writestr("benchmark/more.txt", "more")
    write_atomically(root / "calibration/cpu.json", b"[]")
    verified = verify(config, root)
    told = "\n".join(verified.faults)
    for name in (
        runs[0].name, "random-001.json is not the genotype of the draw", "expected darts",
        "benchmark.zip", "cpu.json",
    ):  # fmt: skip
        assert name in told
    assert all(re.search(r"`rm |delete it", line) for line in verified.faults)
    assert verified.text().count("\n") == len(verified.faults) + 1


def test_a_run_of_another_genotype_than_lies_there_is_found(whole):
    config, root = whole
    path = root / inputs.run_files(config)[0]
    content = records.read(path)
    made = records.provenance_in(content)
    records.write(path, content, made | {"inputs": dict.fromkeys(made["inputs"], "0" * 64)})
    (fault,) = verify(config, root).faults
    assert fault.startswith(f"{path} was made with another ")


def test_stray_copies_are_counted_as_not_configured(whole):
    config, root = whole
    run, other = inputs.run_files(config)[:2]
    search = root / "searches/cifar10/darts/seed-0"
    shutil.copy(root / run, (root / run).with_stem("seed-2 (copy)"))
    for place in ("runs", "runs/cifar10", "runs/cifar10/cda"):
        shutil.copy(root / other, root / place / "seed-2.parquet")
    shutil.copytree(search, search.with_name("seed-0.old"))
    shutil.copytree(search, root / "scored/cifar10/darts/seed-0 (copy)")
    drawn = root / "architectures/darts/random-000.json"
    shutil.copy(drawn, drawn.with_stem("random-000-old"))
    verified = verify(config, root)
    assert verified.faults == []
    assert verified.unasked == 1 + 3 + 2 + 2 + 1
    drawn.with_stem("random-000-old").write_text("{}")
    assert ["random-000-old.json" in fault for fault in verify(config, root).faults] == [True]


def test_what_is_not_configured_is_counted_and_still_read(whole, paper):
    config, root = whole
    fewer = configured(paper, ["darts"], ["cifar10"], tricks=False, n=1)
    fewer.studies.clear()
    verified = verify(fewer, root)
    assert verified.unasked > 5 and not verified.faults
    path = root / inputs.run_files(config)[0]
    path.write_bytes(b"")
    assert [path.name in fault for fault in verify(fewer, root).faults] == [True]


def test_links_to_nowhere_and_folders_in_place_of_files_are_faults(whole):
    config, root = whole
    folder = write_folder(root / "data/cifar10", digits_settings(), digits("small", 32, 150))
    for name in ("images.npy", "channels.json"):
        (folder / name).unlink()
    (folder / "images.npy").symlink_to("nowhere")
    (folder / "channels.json").mkdir()
    told = "\n".join(verify(config, root).faults)
    assert "images.npy is missing" in told and "channels.json could not be read" in told


def test_printed_genotypes_and_recorded_searches_are_checked(whole):
    config, root = whole
    sample("darts", 7).write(root / "architectures/darts/printed-darts-v1.json")
    searches = root / "recorded/darts_214/random_search/searches.parquet"
    for path in (searches, searches.parents[1] / "architectures.parquet"):
        records.write(path, records.table(schemas.HISTORY, []), {"settings": {}})
    verified = verify(config, root)
    assert [verified.files[f"recorded {kind}"] for kind in ("architectures", "searches")] == [1, 1]
    assert (verified.files["printed genotypes"], verified.unasked) == (1, 1)
    searches.write_bytes(searches.read_bytes()[:-10])
    (fault,) = verify(config, root).faults
    assert str(searches) in fault


def test_a_folder_that_is_not_there_is_one_sentence(whole):
    with pytest.raises(NasevalError, match="is no folder"):
        verify(whole[0], whole[1] / "nowhere")


def test_a_look_is_checked_by_the_runs_that_it_was_judged_from(tmp_path, paper):
    steps = {"start": 4, "step": 4, "most": 8}
    config = configured(paper, ["darts"], ["cifar10"], tricks=False, n=steps)
    rows = rows_at(config, ("cifar10", "darts"), 1)
    write_runs(config, tmp_path, rows)
    row = {
        "dataset": "cifar10", "method": "darts", "look": 1, "looks": 2, "searches": 4, "random": 4,
        "searched_n": 4, "random_n": 4, "difference_level": 0.03, "equivalence_level": 0.03,
        "margin": 0.25, "verdict": "undecided", "decided": False,
    }  # fmt: skip
    inputs = {run["path"]: records.content_digest(tmp_path / run["path"]) for run in rows}
    settings = look_settings(config, ("cifar10", "darts"))
    path = tmp_path / look_file("cifar10", "darts", 1)
    records.write(
        path, records.table(schemas.LOOK, [row]), {"settings": settings, "inputs": inputs}
    )
    assert not [fault for fault in verify(config, tmp_path).faults if "look-1" in fault]
    content = records.read(tmp_path / rows[0]["path"])
    other = content.set_column(
        content.schema.get_field_index("seconds"),
        content.schema.field("seconds"),
        pa.array([9.0] * len(content)),
    )
    records.write(tmp_path / rows[0]["path"], other, records.provenance_in(content))
    (fault,) = [fault for fault in verify(config, tmp_path).faults if "look-1" in fault]
    assert "was judged from another" in fault and "`rm " in fault
    wider = config.model_copy(
        update={
            "datasets": {
                **config.datasets,
                "cifar10": config.datasets["cifar10"].model_copy(update={"margin": 0.5}),
            }
        }
    )
    (fault,) = [fault for fault in verify(wider, tmp_path).faults if "look-1" in fault]
    assert "margin 0.25, not 0.5" in fault
