"""`--profile local`: as many trainings at once as there are GPUs, each on its own."""

import json
import shutil
import subprocess
import sys
import uuid

import pytest

from paths import ROOT

pytestmark = pytest.mark.workflow


SNAKEFILE = """
rule all:
    default_target: True
    input:
        expand("{number}.json", number=range(5)),

rule train:
    output:
        "{number}.json",
    threads: 1
    resources:
        gpu=1,
    params:
        devices=config["devices"].split(","),
    script:
        "train.py"
"""

SCRIPT = """
import json, time
from naseval.locking.lease import leased
with leased(snakemake.params.devices, pause=0.02) as place:
    start = time.time()
    time.sleep(1)
    with open(snakemake.output[0], "w") as file:
        json.dump([place, start, time.time()], file)
"""


@pytest.mark.parametrize(("options", "gpus"), [([], 1), (["--resources", "gpu=2"], 2)])
def test_every_training_has_a_gpu_and_no_more_run_than_there_are(tmp_path, options, gpus):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    (tmp_path / "train.py").write_text(SCRIPT)
    for part in ("local", "profiles"):
        shutil.copytree(ROOT / part, tmp_path / part)
    devices = ",".join(f"GPU-{uuid.uuid4()}" for _ in range(2))
    command = ["snakemake", "--profile", "local", "--cores", "4", *options]
    done = subprocess.run(
        [sys.executable, "-m", *command, "--config", f"devices={devices}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    spans = [json.loads(file.read_text()) for file in tmp_path.glob("*.json")]
    assert {place for place, _, _ in spans} == set(range(gpus))
    for _, moment, _ in spans:
        running = [place for place, begin, end in spans if begin <= moment < end]
        assert len(running) == len(set(running)) <= gpus
