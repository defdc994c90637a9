"""Replaces the rule `search` if a job does several searches of a method."""

import re

from naseval.studies._packs import makespan, search_packs
from naseval.studies._stopping import stages

SEARCH_PACKS = [
    pack
    for look, runs in enumerate(stages(CONFIG, lambda run: run.genotype), 1)
    for pack in search_packs(
        (run for run in runs if run.genotype.split("/")[0] in CONFIG.implemented),
        searches_per_job(),
        look,
    )
]

for pack in SEARCH_PACKS:

    rule:
        """Run several searches of a method, `resources.runs_at_once` at a time."""
        name:
            f"searches_{re.sub('[^a-z0-9]', '_', pack.name)}"
        input:
            **find_images(pack.dataset),
        output:
            [
                result(f"searches/{pack.dataset}/{pack.method}/seed-{seed}/{file}")
                for seed in pack.seeds
                for file in ("genotype.json", "history.parquet")
            ],
        log:
            [
                result(f"logs/searches/{pack.dataset}/{pack.method}/seed-{seed}.log")
                for seed in pack.seeds
            ],
        benchmark:
            result(f"benchmarks/search-packs/{pack.name}.tsv")
        conda:
            "../../envs/train.yaml"
        threads: count_search_cores(pack.dataset, pack.method) * at_once(pack.seeds)
        resources:
            **request_training(
                makespan(
                    [CONFIG.resources.search_minutes] * len(pack.seeds),
                    at_once(pack.seeds),
                ),
                at_once(pack.seeds),
            ),
        params:
            code=digest_search_code(pack.dataset, pack.method),
            searches=[
                describe_search(pack.dataset, pack.method, seed) for seed in pack.seeds
            ],
        script:
            "../scripts/search.py"
