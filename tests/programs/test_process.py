"""A program runs without a shell, in its own environment, and ends with its job."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from naseval.errors import NasevalError
from naseval.programs.process import filled_in, run, variables


def python(text):
    return [sys.executable, "-c", textwrap.dedent(text)]


def test_nothing_but_the_places_is_filled_in():
    values = {"data": "/a b", "seed": 3, "output": "{seed}", "checkpoint": "/c"}
    command = ["x", "--seed={seed}", "{output}", "{{data}}; rm *", "$HOME {}"]
    assert filled_in(command, values) == ["x", "--seed=3", "{seed}", "{/a b}; rm *", "$HOME {}"]


def test_an_environment_comes_first_and_ours_is_not_seen(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/ours")
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("KEPT", "1")
    told = variables("env", 3)
    assert told["PATH"] == f"{Path.cwd()}/env/bin:/bin"
    assert (told["KEPT"], told["OMP_NUM_THREADS"]) == ("1", "3")
    assert "PYTHONPATH" not in told
    assert variables(None, 1)["PATH"] == "/bin"


def test_output_goes_to_the_log_and_its_last_line_comes_back(tmp_path):
    log = tmp_path / "logs/search.log"
    program = python("import sys; print('one'); print('two', file=sys.stderr); print()")
    assert run([*program, "$HOME; exit 1"], variables(None, 1), log) in ("one", "two")
    assert sorted(filter(None, log.read_text().split("\n"))) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("print('no GPU'); raise SystemExit(3)", r"ended with exit code 3, and said last: no GPU;"),
        ("raise SystemExit(1)", r"ended with exit code 1, and said nothing; mend it, or see .*log"),
        ("import os; os.kill(os.getpid(), 9)", "was killed by SIGKILL, and said nothing"),
    ],
)
def test_a_failure_is_one_sentence(tmp_path, text, told):
    log = tmp_path / "log"
    log.write_text("a line of the job before\n")
    with pytest.raises(NasevalError, match=told) as error:
        run(python(text), variables(None, 1), log)
    assert "\n" not in str(error.value)


def test_a_program_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(NasevalError, match=r"the program no-such-one was not found; name"):
        run(["no-such-one"], variables(None, 1), tmp_path / "log")


JOB = """
    import sys
    from pathlib import Path
    from naseval.errors import Interrupted
    from naseval.programs.process import run, variables
    try:
        run([sys.executable, sys.argv[1]], variables(None, 1), Path(sys.argv[2]))
    except Interrupted as error:
        print(error)
        sys.exit(error.exit_code)
"""
PROGRAM = """
import os, signal, sys, time
def save(number, frame):
    print("saved", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("pid", os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def job(tmp_path):
    """Return a job that runs a program for a minute, the program's process id, and its log."""
    (tmp_path / "program.py").write_text(PROGRAM)
    log = tmp_path / "log"
    arguments = [*python(JOB), str(tmp_path / "program.py"), str(log)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        pid = int(wait_for(lambda: log.exists() and log.read_text().partition("pid ")[2].strip()))
        yield process, pid, log
        process.kill()


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def has_ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    return state == "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_program_as_sigterm(job, number):
    process, pid, log = job
    process.send_signal(number)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == os.EX_TEMPFAIL
    assert told.startswith("interrupted by a signal")
    assert log.read_text().split()[-1] == "saved"
    assert has_ended(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such signal")
def test_a_program_does_not_outlive_a_killed_job(job):
    process, pid, _ = job
    process.kill()
    process.wait()
    wait_for(lambda: has_ended(pid))
