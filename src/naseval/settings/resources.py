"""What jobs use and ask of a cluster: the configuration's `resources`."""

import re
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from naseval.locking.lease import SLOTS
from naseval.settings.base import MOST, NonNegativeInt, Positive, Strict

Request = Annotated[int, Field(strict=True, ge=0, le=MOST)] | str
"""The value of a resource of Snakemake."""
RESOURCE = r"[a-z][a-z0-9_]{0,49}"
HAVE_KEYS = {
    "mem": "memory_mb",
    "mem_mb": "memory_mb",
    "mem_mib": "memory_mb",
    "slurm_extra": "slurm_extra",
    "threads": "threads",
}
"""Resources of Snakemake that other keys of `resources` set."""
SLURM = (
    "cluster", "clusters", "constraint", "cpus_per_gpu", "cpus_per_task", "gpu", "gpu_model",
    "gres", "mem_mb_per_cpu", "mpi", "nodes", "qos", "runtime", "slurm_account", "slurm_cluster",
    "slurm_partition", "tasks", "tasks_per_gpu", "tasks_per_node",
)  # fmt: skip
"""Resources that the SLURM executor reads (snakemake-executor-plugin-slurm). Others only limit how
many jobs run at once."""


def _options(text: str) -> str:
    if not re.fullmatch(r"[\w =:,.@/%+-]*", text):
        raise ValueError("write options as --name=value, without quotes or signs of the shell")
    return text


def _requests(resources: dict[str, int | str]) -> dict[str, int | str]:
    for name in resources:
        if not re.fullmatch(RESOURCE, name):
            raise ValueError(f"{name!r} is no name of a resource; use letters, digits and _")
        if name in HAVE_KEYS:
            raise ValueError(f"remove {name} and set the config key resources.{HAVE_KEYS[name]}")
        if (meant := _meant(name)) != name:
            raise ValueError(f"SLURM is not asked for {name}; write {meant}")
    return {
        name: int(value) if isinstance(value, str) and value.isdecimal() else value
        for name, value in resources.items()
    }


def _meant(name: str) -> str:
    """Return the resource of SLURM that a name nearly is; the name itself if it is near none."""
    if name in SLURM or f"slurm_{name}" in SLURM:
        return name if name in SLURM else f"slurm_{name}"
    return next(iter(get_close_matches(name, SLURM, 1, 0.85)), name)


def _device(name: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:[0-9]{1,3})?", name):
        raise ValueError("choose auto, cpu, cuda, cuda:N or mps")
    return name


class Resources(Strict):
    """What jobs use; nothing here changes what they compute, save `threads` (summation order)."""

    device: Annotated[str, AfterValidator(_device)] = Field(
        description="auto, cpu, cuda, cuda:N or mps"
    )
    threads: Positive = Field(description="CPU threads of a search or an augmentation")
    workers: NonNegativeInt = Field(
        description="processes beside these threads, on CPUs of their own, that decode large "
        "images and apply AutoAugment",
    )
    image_cache_mb: NonNegativeInt = Field(
        description="decoded large images that the jobs of a machine share on its disk, MB for "
        "each dataset, in $TMPDIR if it is not /tmp, else in /var/tmp; 0: none",
    )
    memory_mb: Positive = Field(
        description="memory of a search or an augmentation, MB; a later attempt gets twice that"
    )
    runs_per_job: Positive = Field(
        1,
        description="augmentations that one job trains, one after the other unless "
        "`runs_at_once` says otherwise; more than 1 saves the start of a process for tiny ones",
    )
    searches_per_job: Positive = Field(
        1,
        description="searches of a method that one job does, one after the other unless "
        "`runs_at_once` says otherwise; more than 1 saves the start of a process for tiny ones",
    )
    runs_at_once: int = Field(
        1,
        ge=1,
        le=SLOTS,
        description="how many trainings share a device: a job trains so many of its "
        "`runs_per_job` at once, and then as many searches of a method, each in a process of its "
        "own with its own threads and memory; fewer where the GPU's memory does not suffice",
    )
    share: Literal["private", "group"] = Field(
        "private", description="who may read the results: only the user, or also the user's group"
    )
    container: str | None = Field(
        None,
        min_length=1,
        description="image of jobs under `snakemake --sdm apptainer`: a .sif file or docker://…; "
        "docs/deploy.md",
    )
    search_minutes: Positive = Field(description="time limit of a search")
    run_minutes: Positive = Field(
        description="time limit of the longest augmentation; others in proportion to epochs"
    )
    training: Annotated[dict[str, Request], AfterValidator(_requests)] = Field(
        {},
        description="what else every search and training asks of a cluster, by the names of "
        'Snakemake\'s resources, e.g. `{gpu_model: a100}` or `{gpu: 0, gres: "gpu:1"}`; '
        "docs/cluster.md",
    )
    slurm_extra: Annotated[str, AfterValidator(_options)] = Field(
        "", description="options of `sbatch` for all jobs, e.g. `--exclusive --nice=100`"
    )
