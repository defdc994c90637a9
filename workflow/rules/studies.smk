"""Gathers runs into one tidy table per study, to studies/reproduced/{study}.parquet."""

from naseval.studies import labelled, members
from naseval.studies.benchmark import Settings as Benchmark

BENCHMARK = (
    CONFIG.study("benchmark", Benchmark) if "benchmark" in CONFIG.studies else None
)
SEARCHES = [
    (dataset, method, seed)
    for dataset in (BENCHMARK.datasets if BENCHMARK else [])
    for method in BENCHMARK.methods
    for seed in range(BENCHMARK.searches)
]
"""The dataset, method and seed of every search of the benchmark."""


rule study:
    """Gather the runs of a study, one row per run and epoch."""
    input:
        runs=lambda wildcards: [
            result(member.run.path) for member in members(CONFIG, wildcards.study)
        ],
    output:
        study=result("studies/reproduced/{study}.parquet"),
    log:
        result("logs/studies/reproduced/{study}.log"),
    benchmark:
        result("benchmarks/studies/reproduced/{study}.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code("study.py", "naseval.studies._gather"),
        members=lambda wildcards: labelled(CONFIG, wildcards.study),
    script:
        "../scripts/study.py"


rule histories:
    """Gather the histories of the benchmark's searches, one row per search and epoch."""
    input:
        histories=[
            result(f"searches/{dataset}/{method}/seed-{seed}/history.parquet")
            for dataset, method, seed in SEARCHES
        ],
    output:
        histories=result("studies/reproduced/histories.parquet"),
    log:
        result("logs/studies/reproduced/histories.log"),
    benchmark:
        result("benchmarks/studies/reproduced/histories.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("histories.py", "naseval.studies._gather"),
        searches=SEARCHES,
    script:
        "../scripts/histories.py"


rule costs:
    """Compute the cost of each search of the benchmark, in GPU-days."""
    input:
        histories=result("studies/reproduced/histories.parquet"),
    output:
        costs=result("studies/reproduced/costs.parquet"),
    log:
        result("logs/studies/reproduced/costs.log"),
    benchmark:
        result("benchmarks/studies/reproduced/costs.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("costs.py", "naseval.analysis.cost"),
    script:
        "../scripts/costs.py"
