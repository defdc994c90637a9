"""Replaces the rule `run` if `resources.runs_per_job` is above 1: a job trains several runs."""

import re

from naseval.studies._packs import makespan, packs
from naseval.studies._stopping import stages

PACKS = [
    pack
    for look, runs in enumerate(stages(CONFIG), 1)
    for pack in packs(runs, CONFIG.resources.runs_per_job, look)
]

for pack in PACKS:

    rule:
        """Train several genotypes from scratch, `resources.runs_at_once` at a time."""
        name:
            f"runs_{re.sub('[^a-z0-9]', '_', pack.name)}"
        input:
            **find_images(pack.runs[0].dataset),
            genotypes=[find_genotype(run) for run in pack.runs],
        output:
            [result(run.path) for run in pack.runs],
        log:
            [result(run.log) for run in pack.runs],
        benchmark:
            result(f"benchmarks/packs/{pack.name}.tsv")
        conda:
            "../../envs/train.yaml"
        threads: count_run_cores(pack.runs) * at_once(pack.runs)
        resources:
            **request_training(
                makespan(map(limit_minutes, pack.runs), at_once(pack.runs)),
                at_once(pack.runs),
            ),
        params:
            code=digest_run_code(pack.runs[0]),
            runs=[describe_run(run) for run in pack.runs],
            genotypes=[find_genotype(run) for run in pack.runs],
        script:
            "../scripts/run.py"
