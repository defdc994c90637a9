"""Counting work, pricing it, and adding it up."""

import math
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from controller_toys import nao_settings
from gradient_toys import CHANNELS, SIDE, darts_settings, made_up_data
from naseval import records, schemas
from naseval.budget.calibration import Calibration, Probe, Rates
from naseval.budget.counting import search_size
from naseval.budget.estimate import Prices, budget, compared, dataset_table, wall_times
from naseval.budget.images import count_images
from naseval.budget.jobs import needed, once, precisions, stated, units
from naseval.budget.measured import finished
from naseval.budget.page import page
from naseval.budget.probes import photograph_seconds
from naseval.budget.rehearsal import Meter, OperatorCounter, Rehearsal, StubData, spread
from naseval.budget.work import Size, Work, read_sizes, tabulated
from naseval.config import load_config
from naseval.data import batches
from naseval.errors import NasevalError
from naseval.methods.darts import search as darts
from naseval.networks import depthwise
from naseval.settings.dataset import Dataset, Split
from naseval.studies import members, unique_runs
from naseval.training.loop import EpochLoop
from nsganet_toys import nsganet_settings
from staged_toys import pdarts_settings

RATES = Rates(1e-5, 1e-9, 1e-12)
PRICES = Calibration("a device", "cpu", {"float32": RATES}, 0.005, 1.2, {})
WORKERS = 4


@pytest.fixture
def jobs(paper):
    """Return the jobs of the paper's configuration."""
    return needed(load_config(paper))


def prices(jobs, **work):
    """Return prices under which every job has the same size."""
    size = Size(Work(**(work or {"calls": 3.6e8})), 10**7, 600)
    return Prices({job.key: size for job in jobs}, PRICES, {}, WORKERS)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_operations_of_a_convolution_are_exact(groups):
    convolution = nn.Conv2d(4, 8, 3, padding=1, groups=groups, bias=False)
    images = torch.randn(2, 4, 5, 5, requires_grad=True)
    _, forward = Meter().measured(lambda: convolution(images))
    _, both = Meter().measured(lambda: convolution(images).sum().backward())
    once_over = 2 * (2 * 8 * 5 * 5) * (4 // groups) * 9
    assert forward.flops == once_over
    assert both.flops == 3 * once_over


def test_a_batch_of_two_stands_for_a_whole_one():
    meter = Meter()
    data = StubData(made_up_data().dataset, {"train": 100}, meter)
    linear = nn.Linear(3 * SIDE * SIDE, 2)
    batch = data.batches("train", batch_size=64).at(0, 1)[0]
    assert len(batch) == 2
    _, work = meter.measured(
        lambda: linear(data.batches("train", batch_size=64).at(0, 1)[0].flatten(1))
    )
    assert work.flops == 2 * 36 * 3 * SIDE * SIDE * 2  # the last batch has 36 images


def test_a_search_rehearsed_costs_what_the_search_costs(monkeypatch):
    # A rehearsal counts as on a GPU.
    monkeypatch.setattr(depthwise, "FAST_ON", ())
    monkeypatch.setattr(batches, "_memory_format", lambda _device: torch.contiguous_format)
    settings = darts_settings(order=2, epochs=2, batch_size=4, cells=1)
    data = made_up_data(train=8, validation=8)
    with OperatorCounter() as seen:
        real = darts.search(data, settings, seed=0, loop=EpochLoop())
    rehearsal = Rehearsal(Meter(), samples=3)
    stub = StubData(data.dataset, {"train": 8, "validation": 8}, rehearsal.meter)
    found = darts.search(stub, settings, seed=0, loop=rehearsal)
    assert rehearsal.work.flops == pytest.approx(seen.flops, rel=1e-6)
    # It leaves out the transforms of images, which weigh much beside such a small network.
    assert rehearsal.work.calls == pytest.approx(seen.calls, rel=0.15)
    assert len(found.history) == len(real.history) == 2
    assert rehearsal.checkpoint > 0


SETTINGS = {
    "nsganet": nsganet_settings(),
    "pdarts": pdarts_settings(),
    "nao": nao_settings(),
}
WHOLE = {"nsganet": 4 + 2 * 2, "pdarts": 3 * 2, "nao": 7}
"""Rows of the whole search: individuals; stages x epochs; see `test_nao.STAGES`."""


@pytest.mark.parametrize("name", SETTINGS)
def test_a_search_of_several_stages_is_counted_whole_and_trains_nothing(name, monkeypatch):
    def trained(*_args, **_options):
        raise AssertionError("a rehearsal does not run the real loop")

    monkeypatch.setattr(EpochLoop, "run", trained)
    dataset = made_up_data().dataset
    counted = search_size(name, SETTINGS[name], dataset, {"train": 16, "validation": 16})
    assert counted.rows == WHOLE[name]
    assert counted.work.flops > 0
    assert counted.checkpoint > 0


def test_a_method_that_trains_without_its_loop_is_one_sentence(monkeypatch):
    result = SimpleNamespace(history=[])
    monkeypatch.setattr(darts, "search", lambda *_args, **_options: result)
    with pytest.raises(
        NasevalError, match=r"methods\.darts does not train in the loop it is given"
    ):
        search_size("darts", darts_settings(), made_up_data().dataset, {"train": 8})


def test_methods_shorten_what_would_take_minutes_to_count():
    settings = nsganet_settings(population=40, offspring=20, generations=30)
    shortened, factor = settings.shortened_for_counting()
    assert (shortened.population, shortened.generations) == (5, 1)
    assert factor == (40 + 20 * 29) / 5
    assert nao_settings().shortened_for_counting() == (nao_settings(sampling="uniform"), 1.0)
    assert darts_settings().shortened_for_counting() == (darts_settings(), 1.0)


@pytest.mark.parametrize(("samples", "epochs", "steps"), [(3, 50, 391), (5, 1, 187), (4, 2, 1)])
def test_places_are_within_the_loop_and_spread(samples, epochs, steps):
    places = spread(samples, epochs, steps)
    assert len(places) == min(samples, epochs * steps)
    assert all(0 <= epoch < epochs and 0 <= step < steps for epoch, step in places)
    if min(samples, epochs, steps) == samples:
        assert len({epoch for epoch, _ in places}) == len({step for _, step in places}) == samples


def test_a_run_that_studies_share_counts_once(paper, jobs):
    config = load_config(paper)
    runs = unique_runs(member for study in config.studies for member in members(config, study))
    unique = once(jobs)
    assert sorted(f"{job.stem}.parquet" for job in unique if job.kind == "run") == sorted(
        run.path for run in runs
    )
    searches = [job for job in unique if job.kind == "search"]
    assert len(searches) == 5 * (9 + 9) * 8  # of methods and of baselines
    stems = {job.stem for job in searches}
    assert {job.needs for job in unique if job.needs} == stems
    table = budget(jobs, [], prices(jobs))
    rows, total = table.iloc[:-1], table.iloc[-1]
    for column in ("searches", "runs", "hours", "megabytes"):
        assert rows[column].sum() == pytest.approx(total[column])
    assert total["searches"] + total["runs"] == len(unique)
    assert rows["shared"].sum() > 0


def test_what_is_done_costs_nothing_more(jobs):
    unique = once(jobs)
    price = prices(jobs)
    table = budget(jobs, unique[:100], price)
    assert table.iloc[-1]["done"] == table.iloc[:-1]["done"].sum() == 100
    assert table.iloc[-1]["hours"] == pytest.approx(len(unique) - 100)  # an hour each
    assert budget(jobs, unique, price).iloc[-1]["hours"] == 0
    assert wall_times([], price)["at_most_hours"].max() == 0


def test_wall_times_are_bounded_by_the_longest_chain(jobs):
    searched = next(job for job in jobs if job.needs)
    search = next(job for job in jobs if job.stem == searched.needs)
    others = [job for job in once(jobs) if job not in (searched, search)][:6]
    table = wall_times([searched, search, *others], prices(jobs)).set_index("devices")
    assert table.loc[1, "at_least_hours"] == pytest.approx(8)
    assert table.loc[1, "at_most_hours"] == pytest.approx(8)
    assert table.loc[2, "at_least_hours"] == pytest.approx(4)
    assert table.loc[64, "at_least_hours"] == pytest.approx(2)
    assert (table["at_least_days"] <= table["at_most_days"]).all()


WORKS = (
    Work(1e3, 1e6, 1e9),
    Work(2e3, 5e6, 1e9),
    Work(5e3, 1e8, 5e11),
    Work(1e3, 1e5, 1e7),
    Work(3e3, 3e8, 1e11),
    Work(1e3, 1e8, 1e10),
)


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_rates_of_each_precision_are_recovered_from_steps(kind):
    true = {"float32": RATES, "bfloat16": Rates(2e-5, 5e-10, 1e-13)}
    device = replace(PRICES, kind=kind, rates=true)
    probes = {
        name: [
            Probe(work.calls, work.values, work.flops, device.seconds(work, name, 0))
            for work in WORKS
        ]
        for name in true
    }
    found = Calibration.of("a device", kind, probes, 0.005)
    for name, rates in true.items():
        assert found.rates[name] == pytest.approx(rates, rel=1e-3)
    assert found.spread == pytest.approx(1, rel=1e-3)


def test_a_gpu_computes_while_the_cpu_launches():
    work = Work(calls=3e5, values=1e9)  # 3 s and 1 s
    assert PRICES.seconds(work, "float32", WORKERS) == pytest.approx(4)
    assert replace(PRICES, kind="cuda").seconds(work, "float32", WORKERS) == pytest.approx(3)


def test_workers_decode_beside_the_training():
    work = Work(calls=3e5, photographs=4000)  # 3 s and 20 s
    assert PRICES.seconds(work, "float32", 0) == pytest.approx(23)
    assert PRICES.seconds(work, "float32", 4) == pytest.approx(5)
    assert PRICES.seconds(work, "float32", 20) == pytest.approx(3)


def test_a_precision_without_rates_is_one_sentence():
    with pytest.raises(NasevalError, match="knows no bfloat16; delete its file"):
        PRICES.seconds(Work(1.0), "bfloat16", 0)


def test_only_photographs_with_random_transforms_are_decoded_each_time():
    small = made_up_data().dataset
    for dataset, decoded in ((small, 0), (small.model_copy(update={"images": "large"}), 64 + 36)):
        meter = Meter()
        data = StubData(dataset, {"train": 100, "test": 50}, meter)

        def an_epoch(data=data):
            for step in range(2):
                data.batches("train", batch_size=64).at(0, step)
            data.batches("train", batch_size=64, random_transforms=False).at(0, 0)
            data.batches("test", batch_size=64).at(0, 0)

        assert meter.measured(an_epoch)[1].photographs == decoded


def test_a_photograph_takes_milliseconds():
    assert 1e-3 < photograph_seconds() < 0.1


def test_precisions_are_those_of_needed_jobs(paper):
    assert precisions(load_config(paper)) == ["float32"]
    paper["methods"]["pdarts"]["search"]["precision"] = "bfloat16"
    assert precisions(load_config(paper)) == ["bfloat16", "float32"]


def test_a_calibration_comes_back(tmp_path):
    calibration = replace(PRICES, probes={"float32": (Probe(1.0, 2.0, 3.0, 4.0),)})
    calibration.write(tmp_path / "auto.json")
    assert Calibration.read(tmp_path / "auto.json") == calibration


@pytest.mark.parametrize("content", ["", "{}", '{"device": "x", "rates": {"x": [1]}}', "[1]"])
def test_an_unfinished_calibration_is_one_sentence(tmp_path, content):
    (tmp_path / "auto.json").write_text(content)
    with pytest.raises(NasevalError, match=r"auto\.json .*delete it and run again"):
        Calibration.read(tmp_path / "auto.json")
    with pytest.raises(NasevalError, match=r"gpu\.json is missing; run"):
        Calibration.read(tmp_path / "gpu.json")


def test_finished_runs_refine_the_prediction(tmp_path, jobs):
    job, *others = [each for each in once(jobs) if each.kind == "run"]
    row = dict.fromkeys(schemas.RUN.names, 1.0) | {"epoch": 1, "peak_memory": 1, "seconds": 15.0}
    row["at_once"] = 2
    content = records.table(schemas.RUN, [row, row | {"epoch": 2}])
    records.write(tmp_path / job.output, content, {"device": "cpu"})
    done = finished(tmp_path, jobs)
    assert [(taken.job, taken.seconds, taken.kind) for taken in done] == [(job, 15.0, "cpu")]
    price = Prices.of(prices(jobs).sizes, PRICES, done, WORKERS)
    like = next(other for other in others if other.key == job.key)
    unlike = next(other for other in others if other.key != job.key)
    assert price.seconds(like) == 15.0
    assert price.seconds(unlike) == price.predicted(unlike) == pytest.approx(3600)
    against = compared(done, price)
    assert against[["n", "predicted", "measured"]].loc[0].tolist() == pytest.approx([1, 3600, 15])
    on_gpu = Prices.of(price.sizes, replace(PRICES, kind="cuda"), done, WORKERS)
    assert on_gpu.seconds(like) == pytest.approx(3600)
    assert compared(done, on_gpu).empty
    records.write(tmp_path / job.output, content, {"device": "cpu", "diverged_in_epoch": 3})
    diverged = finished(tmp_path, jobs)
    assert Prices.of(price.sizes, PRICES, diverged, WORKERS).seconds(like) == pytest.approx(3600)
    assert compared(diverged, price).empty


def test_a_damaged_result_is_named(tmp_path, jobs):
    job = next(each for each in jobs if each.kind == "run")
    (tmp_path / job.output).parent.mkdir(parents=True)
    (tmp_path / job.output).write_text("half")
    with pytest.raises(NasevalError, match=r"seed-2\.parquet is not a readable Parquet"):
        finished(tmp_path, jobs)


def test_sizes_come_back(tmp_path, jobs):
    sizes = prices(jobs).sizes
    records.write(tmp_path / "work.parquet", tabulated(sizes.items()), {})
    assert read_sizes(tmp_path / "work.parquet") == sizes


def test_images_are_known_before_they_are_fetched(paper, tmp_path):
    datasets = load_config(paper).datasets
    assert count_images("cifar10", datasets["cifar10"], tmp_path) == {
        "train": 25_000,
        "validation": 25_000,
        "test": 10_000,
    }
    for name, dataset in datasets.items():
        known = count_images(name, dataset, tmp_path)
        assert abs(known["train"] - known["validation"]) <= 1
        assert sum(known.values()) > 1500


def test_an_unknown_number_of_images_is_one_sentence(tmp_path):
    split = Split(train=0.5, validation=0.5, test="archive", seed=0)
    dataset = Dataset(
        label="x",
        source="digits",
        images="small",
        image_size=8,
        classes=2,
        split=split,
        channels=CHANNELS,
    )
    with pytest.raises(NasevalError, match=r"dataset x is not known yet; run `snakemake .*splits"):
        count_images("x", dataset, tmp_path)


def test_the_page_shows_each_device(paper, jobs):
    config = load_config(paper)
    datasets = dataset_table(
        config.datasets,
        {name: count_images(name, config.datasets[name], Path()) for name in ("cifar10",)},
    )
    text, table = page(
        jobs, [], prices(jobs).sizes, [PRICES, replace(PRICES, device="two")], datasets, WORKERS
    )
    assert text.count("## Still to do, on") == 2
    assert "Predicted and measured" not in text
    assert set(table["device"]) == {"a device", "two"}
    assert math.isclose(datasets["images_megabytes"][0], 60_000 * 32 * 32 * 3 / 1e6)


def test_a_study_in_steps_takes_at_least_and_at_most_so_much(jobs):
    """Half of the jobs are needed for certain; each device has a sentence with both bounds."""
    sizes, none = prices(jobs).sizes, dataset_table({}, {})
    certain = jobs[: len(jobs) // 2]
    text, table = page(certain, [], sizes, [PRICES], none, WORKERS, "In steps.", jobs)
    (sentence,) = [line for line in text.splitlines() if line.startswith("In steps.")]
    least, most = map(float, re.findall(r"at (?:least|most) (\d+\.\d\d)", sentence))
    total = table.loc[table["study"] == "all", "hours"].item()
    assert least == pytest.approx(total, abs=0.01) and least < most
    assert "In steps" not in page(certain, [], sizes, [PRICES], none, WORKERS)[0]


@pytest.mark.parametrize("cost", [None, {"seconds": 7200, "device": "cuda (V100)"}])
def test_a_search_by_a_program_costs_what_is_stated_or_is_not_known(paper, cost):
    command = ["search", "{seed}", "{output}"]
    paper["methods"]["theirs"] = {
        "label": "Theirs", "command": command, "space": "darts", "protocol": "cda", "cost": cost
    }  # fmt: skip
    paper["studies"] = {
        "benchmark": {
            "datasets": ["cifar10"], "methods": ["theirs"], "searches": 3, "random": 3,
            "augment_seed": 2,
        }
    }  # fmt: skip
    config = load_config(paper)
    jobs = needed(config)
    sizes = prices([job for job in jobs if job.kind == "run"]).sizes
    text, table = page(
        jobs, [], sizes, [PRICES], dataset_table({}, {}), WORKERS, stated=stated(config)
    )
    hours = table.loc[table["study"] == "all", "hours"].item()
    assert hours == pytest.approx(6 + (6 if cost else 0))
    told = "The time of 3 searches by programs (theirs) is not known and counts as nothing"
    assert (told in text) == (cost is None)
    assert units(config, "cifar10")["searches"] == {}
