"""What files say of the work that is going on."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from snakemake.utils import update_config

from naseval import records, schemas
from naseval.__main__ import main
from naseval.budget.jobs import needed, once
from naseval.checks.configfiles import record_overlays
from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.locking.lease import leased
from naseval.locking.lock import EXPIRY
from naseval.settings.validation import merged
from naseval.status.configured import configured
from naseval.status.remaining import remaining
from naseval.status.state import complains, job_states, last_line, progress
from naseval.status.summary import Listing, page, summary, text, to_go
from naseval.training.progress import log_epoch


@pytest.fixture
def jobs(paper):
    """Return the jobs of the paper's configuration."""
    return needed(load_config(paper))


def write(root, path, content=""):
    """Write a file below a results folder."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content)
    return root / path


def reported(caplog, seconds=2.0, epochs=10, **numbers):
    """Return the line that a training logs after its third epoch."""
    row = {"epoch": 3, **numbers, "seconds": seconds}
    with caplog.at_level(logging.INFO):
        log_epoch([row] * 3, 2, epochs)
    return caplog.records[-1].getMessage()


def test_what_is_logged_is_read_back(caplog):
    line = reported(caplog, train_accuracy=11.0, test_accuracy=97.25, test_loss=1e-7)
    found = progress(line)
    assert (found.epoch, found.epochs, found.accuracy) == (3, 10, 97.25)
    assert (found.seconds, found.left) == (2.0, timedelta(seconds=14))
    assert not complains(line)


def test_a_search_of_days_without_validation_is_read_back(caplog):
    found = progress(reported(caplog, seconds=86_400.0, train_accuracy=11.0))
    assert found.accuracy is None
    assert found.left == timedelta(days=7)


def test_the_last_line_of_a_long_log_is_found_without_its_time(tmp_path):
    stamp = "2026-11-24 08:09:18"
    log = write(tmp_path, "a.log", f"{stamp} one\n" * 5000 + f"{stamp} the disk is full\n")
    assert last_line(log) == "the disk is full"
    assert last_line(write(tmp_path, "b.log")) == ""
    assert complains("the disk is full")
    assert not complains("candidate 3: 41.25 % validation accuracy")
    assert not complains("candidate 3 counts as the worst: the total of loss is nan in epoch 1")
    assert not complains("interrupted in epoch 3, after step 4 of 5; run again to resume")


def test_every_state_is_told_from_files(tmp_path, jobs):
    done, run, failed, stopped, gone, old, waiting = once(jobs)[:7]
    line = "2026-11-24 08:09:18 epoch 2/3: test_accuracy 55.4; 27.9 s, 0:00:28 to go\n"
    write(tmp_path, done.output)
    write(tmp_path, done.log, "2026-11-24 08:09:18 an error before the last try\n")
    write(tmp_path, run.log, line)
    write(tmp_path, run.lock, json.dumps({"host": "gpu7", "pid": 12, "job": "99", "restarts": 0}))
    write(tmp_path, failed.log, f"{line}2026-11-24 08:09:30 the total of loss is nan\n")
    write(tmp_path, stopped.log, "2026-11-24 08:09:30 interrupted after epoch 2; run again\n")
    write(tmp_path, gone.log, line)
    lock = write(tmp_path, gone.lock, "an owner of another form")
    os.utime(lock, (0, time.time() - 2 * EXPIRY))
    write(tmp_path, old.log, line)
    write(tmp_path, old.lock, "an owner of another form")
    seen = job_states(tmp_path, jobs)
    states = {job: seen[job].state for job in (done, run, failed, stopped, gone, old, waiting)}
    assert list(states.values()) == [
        "done",
        "running",
        "failed",
        "stopped",
        "stopped",
        "running",
        "waiting",
    ]
    assert (seen[run].progress.epoch, seen[run].progress.accuracy) == (2, 55.4)
    assert seen[run].owner == "process 12 on gpu7, SLURM job 99"
    assert seen[old].owner == "unknown"
    assert seen[failed].line == "the total of loss is nan"

    shown = text(summary(jobs, seen, str(tmp_path)))
    assert f"{tmp_path}/{failed.log}  the total of loss is nan" in shown
    assert "2/3    55.40 %   0:00:28  process 12 on gpu7, SLURM job 99" in shown


def test_a_job_that_waits_for_a_device_has_not_failed(tmp_path, jobs, caplog):
    job, device = once(jobs)[0], f"GPU-{tmp_path}"

    def wait():
        with leased([device], pause=0.01):
            pass

    with leased([device]):
        waiting = threading.Thread(target=wait)
        waiting.start()
        while not caplog.messages:
            time.sleep(0.01)
    waiting.join()
    write(tmp_path, job.log, f"2026-11-24 08:09:18 {caplog.messages[-1]}\n")
    seen = job_states(tmp_path, jobs)
    assert (seen[job].state, seen[job].line) == ("waiting", caplog.messages[-1])
    assert not complains(seen[job].line)
    assert job.log not in text(summary(jobs, seen, str(tmp_path)))


def test_each_study_counts_all_it_needs_and_the_total_each_job_once(tmp_path, jobs):
    counts = summary(jobs, job_states(tmp_path, jobs), "results")[0]
    totals = {row[0]: int(row[-2]) for row in counts.rows}
    assert totals["all"] == len(once(jobs)) < sum(totals.values()) - totals["all"]
    assert all(row[-3] == row[-2] and row[-1] == "0" for row in counts.rows)  # all of them wait


def test_what_is_to_go_is_known_from_finished_jobs_and_logs(tmp_path, jobs):
    """One of a kind took 90 s; another has 30 s of 45 s left, a search in stages 2 minutes."""
    done, waiting, begun = [job for job in once(jobs) if job.key == once(jobs)[1].key][:3]
    search = next(job for job in once(jobs) if job.kind == "search")
    other = next(
        job for job in once(jobs) if job.kind == "run" and job.key not in (done.key, search.key)
    )
    row = dict.fromkeys(schemas.RUN.names, 1.0) | {"epoch": 1, "peak_memory": 1, "at_once": 1}
    content = records.table(schemas.RUN, [{**row, "epoch": n, "seconds": 45.0} for n in (1, 2)])
    records.write(tmp_path / done.output, content, {})
    write(tmp_path, begun.log, "2026-11-24 08:09:18 epoch 1/3: train_loss 1; 15.0 s, 9:00:00 to go")
    write(tmp_path, search.log, "2026-11-24 08:09:18 epoch 1/3: train_loss 1; 1.0 s, 0:02:00 to go")
    write(tmp_path, search.lock, "an owner of another form")
    left = remaining(tmp_path, job_states(tmp_path, [done, waiting, begun, search, other]))
    assert (left.jobs, left.known, left.running) == (4, 3, 1)
    assert (left.seconds, left.text, left.at_this_pace) == (240, "0:04:00", "0:04:00")
    assert "4     3              0:04:00              0:04:00" in text([to_go(left)])
    assert text([to_go(remaining(tmp_path, job_states(tmp_path, [other])))]) == ""
    write(tmp_path, done.output, "half")
    assert remaining(tmp_path, job_states(tmp_path, [done, waiting])).known == 0


def test_the_share_that_is_done_is_rounded_down(tmp_path, jobs):
    few = once(jobs)[:3]
    for job in few[:2]:
        write(tmp_path, job.output)
    counts = summary(few, job_states(tmp_path, few), "results")[0]
    assert counts.header[-1] == "done, %"
    assert counts.rows[-1] == ("all", "2", "0", "0", "0", "1", "3", "66")


def test_a_folder_that_is_none_is_one_sentence(tmp_path, monkeypatch, capsys, request):
    monkeypatch.chdir(request.config.rootpath)
    assert main(["status", "--results", str(tmp_path / "nowhere")]) == 1
    assert "nowhere is no folder; name the results folder" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["status", "verify"])
def test_an_overlay_that_is_left_out_is_noticed(command, tmp_path, monkeypatch, capsys, request):
    monkeypatch.chdir(request.config.rootpath)
    record_overlays(str(tmp_path), [Path("config/demo.yaml")])
    assert main([command, "--results", str(tmp_path)]) == 1
    assert "the overlay demo.yaml, which this command leaves out" in capsys.readouterr().err
    given = ["--configfile", "config/demo.yaml"]
    assert main([command, "--results", str(tmp_path), *given]) == 0


def test_the_page_is_alone_and_safe():
    shown = page([Listing("Failed", ("job",), [("<script>",)])], "now", None)
    assert "&lt;script&gt;" in shown
    assert "http" not in shown.replace("http-equiv", "")
    assert "http-equiv" not in shown
    assert 'http-equiv="refresh" content="5"' in page([], "now", 5.0)
    assert "prefers-color-scheme: dark" in shown


def test_overlays_are_laid_as_snakemake_lays_them(paper, monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)
    overlay = yaml.safe_load((request.config.rootpath / "config/demo.yaml").read_text())
    ours = merged(paper, overlay)
    update_config(paper, overlay)
    assert ours == paper
    assert configured([]).results == "results"


def test_a_missing_configuration_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NasevalError, match=r"config/config\.yaml could not be read"):
        configured([])
    assert main(["status"]) == 1
    assert "run this where the Snakefile is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, r"mine\.yaml could not be read \(No such file.*; name an overlay that is there"),
        (b'archives: "Caf\xe9"\n', r"mine\.yaml is not a text in UTF-8; save it so"),
        (b"archives: a\narchives: b\n", r"mine\.yaml has the config key archives twice"),
    ],
)
def test_an_overlay_that_is_none_is_one_sentence(tmp_path, monkeypatch, request, content, told):
    monkeypatch.chdir(request.config.rootpath)
    if content is not None:
        (tmp_path / "mine.yaml").write_bytes(content)
    with pytest.raises(NasevalError, match=told):
        configured([tmp_path / "mine.yaml"])


@pytest.mark.parametrize("seconds", ["-1", "0", "nan", "1e300", "soon"])
def test_watching_takes_a_positive_number_of_seconds(seconds, capsys):
    with pytest.raises(SystemExit):
        main(["status", "--watch", seconds])
    assert "is not a positive number of seconds" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_the_results_of_what_is_no_folder_are_one_sentence(tmp_path, capsys, name):
    (tmp_path / "file").write_text("")
    assert main(["results", str(tmp_path / name)]) == 1
    assert f"{name} is no folder; name the results folder" in capsys.readouterr().err


def test_the_command_prints_or_writes_a_page(tmp_path, monkeypatch, capsys, request):
    monkeypatch.chdir(request.config.rootpath)
    command = ["status", "--configfile", "config/demo.yaml", "--results", str(tmp_path)]
    assert main(command) == 0
    assert "benchmark" in capsys.readouterr().out
    assert main([*command, "--html", str(tmp_path / "status.html")]) == 0
    assert capsys.readouterr().out == ""
    assert "benchmark" in (tmp_path / "status.html").read_text()


def test_a_reader_may_stop_reading(request):
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "naseval", "status"],
        cwd=request.config.rootpath,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_the_results_that_people_read_are_listed(tmp_path, capsys):
    for path in ("report.html", "figures/published/cost.svg", "figures/published/cost.png"):
        write(tmp_path, path)
    write(tmp_path, "cards/darts.html")
    assert main(["results", str(tmp_path)]) == 0
    listed = [f"  {tmp_path}/{path}" for path in ("figures/published/cost.svg", "cards/darts.html")]
    assert capsys.readouterr().out.splitlines() == [
        "",
        f"To see all of it, open {tmp_path}/report.html",
        "",
        "Figures, tables, cards and pages:",
        *listed,
        f"  {tmp_path}/report.html",
    ]  # fmt: skip


def test_reading_files_needs_neither_torch_nor_snakemake(request):
    import subprocess
    import sys

    code = (
        "import sys, naseval.__main__, naseval.budget.page, naseval.budget.jobs\n"
        "sys.exit(bool({'torch', 'snakemake'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=request.config.rootpath)


@pytest.mark.slow
def test_fifty_thousand_runs_are_listed_in_seconds(tmp_path, paper):
    paper["studies"]["distribution"]["random"] = 50_000
    jobs = needed(load_config(paper))
    for job in once(jobs):
        write(tmp_path, job.output)
        write(tmp_path, job.log)
    start = time.perf_counter()
    shown = summary(jobs, job_states(tmp_path, jobs), str(tmp_path))
    assert time.perf_counter() - start < 10
    assert int(shown[0].rows[-1][1]) == len(once(jobs)) > 50_000
