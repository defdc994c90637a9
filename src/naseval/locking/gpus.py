"""The NVIDIA GPUs of this machine, as `nvidia-smi` describes them. Nothing here touches CUDA.

A process that has touched CUDA can neither choose another GPU nor fork.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CARD = re.compile(r"GPU (\d+): .*\(UUID: (\S+)\)")
INSTANCE = re.compile(r"\s+MIG \S*?(\d+)gb\S*\s.*\(UUID: (\S+)\)")
MEBIBYTE, GIBIBYTE = 2**20, 2**30


VISIBLE = "CUDA_VISIBLE_DEVICES"
OWN_CHOICE = "NASEVAL_CHOSEN_GPU"
"""The value of `VISIBLE` if nobody allotted it, but a training took a free GPU of its machine."""

SIGNS = {
    "SLURM_JOB_GPUS": ("",),
    "SLURM_GPUS_ON_NODE": ("", "0"),
    VISIBLE: ("", "-1", "NoDevFiles"),
}
"""Variables that say that a GPU was allotted, with the values that mean none.

CUDA ignores what follows an invalid entry, so -1 hides all GPUs; NoDevFiles is SLURM's word for it.
"""


@dataclass(frozen=True)
class Gpu:
    """A GPU, or an instance of one that is divided by MIG."""

    uuid: str
    card: str
    """UUID of the whole GPU; the same as `uuid` if it is not divided."""
    number: int
    """Number of the whole GPU, as `nvidia-smi` counts."""
    memory: int | None = None
    """Bytes of a MIG instance by the name of its profile, e.g. 5 GiB of `1g.5gb`."""


@dataclass(frozen=True)
class State:
    """What a GPU has to offer to several processes."""

    mode: str
    """Compute mode: `Default`, `Exclusive_Process` or `Prohibited`."""
    free: int | None
    """Free memory in bytes; None if it is not known."""


def allotted(environment: Mapping[str, str]) -> str | None:
    """Return the variable that says that a GPU was allotted, as NAME=VALUE, or None.

    That a rule asks Snakemake for a GPU says nothing, because it does so on laptops too.
    """
    for name, none in SIGNS.items():
        value = environment.get(name, "")
        if name == VISIBLE and value == environment.get(OWN_CHOICE):
            continue  # a free GPU of this machine that `held_gpu` took
        if value.partition(",")[0].strip() not in none:
            return f"{name}={value}"
    return None


def parse_list(text: str) -> list[Gpu]:
    """Return the GPUs in the output of `nvidia-smi -L`. MIG instances replace their GPU."""
    cards: list[list[Gpu]] = []
    for line in text.splitlines():
        if found := CARD.match(line):
            cards.append([Gpu(found[2], found[2], int(found[1]))])
        elif (found := INSTANCE.match(line)) and cards:
            card = cards[-1][0]
            memory = int(found[1]) * GIBIBYTE
            cards[-1].append(Gpu(found[2], card.card, card.number, memory))
    return [gpu for whole, *instances in cards for gpu in instances or [whole]]


def visible(gpus: list[Gpu], chosen: str | None) -> list[Gpu]:
    """Return the GPUs that `CUDA_VISIBLE_DEVICES` names; all if it is None, i.e. not set.

    A GPU is named by its number or by the beginning of its UUID. The first name without a GPU hides
    all after it, as in CUDA. Numbers count in the order of `nvidia-smi`, which on machines with
    different GPUs is CUDA's only if `CUDA_DEVICE_ORDER` is `PCI_BUS_ID`.
    """
    if chosen is None:
        return gpus
    found: list[Gpu] = []
    for name in map(str.strip, chosen.split(",")):
        those = [gpu for gpu in gpus if name and _is_named(gpu, name)]
        if not those:
            break
        found += those
    return found


def _is_named(gpu: Gpu, name: str) -> bool:
    if name.isdigit():
        return gpu.number == int(name)
    return gpu.uuid.startswith(name) or gpu.card.startswith(name)


def parse_state(text: str, gpu: Gpu) -> State:
    """Return the state of a GPU from `nvidia-smi`'s line of compute mode and free MiB."""
    mode, _, free = text.strip().partition(", ")
    known = int(free) * MEBIBYTE if free.isdigit() else None
    return State(mode, gpu.memory or known)


def refusal(state: State, *, mps: bool) -> str | None:
    """Return a sentence if the GPU admits only one process at a time, else None.

    `mps` tells whether NVIDIA's Multi-Process Service runs, which shares a GPU in exclusive mode.
    """
    if not state.mode.startswith("Exclusive") or mps:
        return None
    return (
        f"the GPU's compute mode is {state.mode} and no MPS runs, so it takes one training at a "
        "time; start `nvidia-cuda-mps-control -d`, or set resources.runs_at_once to 1"
    )


def visible_gpus() -> list[Gpu]:
    """Return the GPUs that this process may use; none if there is no `nvidia-smi`."""
    return visible(parse_list(_ask("-L")), os.environ.get(VISIBLE))


def state_of(gpu: Gpu) -> State:
    """Return the present state of a GPU."""
    query = ("--query-gpu=compute_mode,memory.free", "--format=csv,noheader,nounits")
    return parse_state(_ask(*query, f"--id={gpu.card}"), gpu)


def mps_runs() -> bool:
    """Tell whether the daemon of NVIDIA's Multi-Process Service runs, by its pipe."""
    folder = os.environ.get("CUDA_MPS_PIPE_DIRECTORY", "/tmp/nvidia-mps")
    return Path(folder, "control").exists()


def _ask(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["nvidia-smi", *arguments], capture_output=True, encoding="utf-8", check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""
