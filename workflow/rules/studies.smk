"""Runs -> one tidy table per study, studies/reproduced/{study}.parquet."""

from naseval.studies.plan import labelled, members


rule study:
    """Gather a study's runs, one row per run and epoch."""
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
        code=lambda wildcards: code("study.py", "naseval.studies.table"),
        members=lambda wildcards: labelled(CONFIG, wildcards.study),
    script:
        "../scripts/study.py"


def benchmark_searches():
    """Return dataset, method and seed of every search of the benchmark."""
    if "benchmark" not in CONFIG.studies:
        return []
    study = CONFIG.study("benchmark")
    return [
        (dataset, method, seed)
        for dataset in study.datasets
        for method in study.methods
        for seed in range(study.searches)
    ]


rule costs:
    """Add up what each search of the benchmark cost."""
    input:
        histories=[
            result(f"searches/{dataset}/{method}/seed-{seed}/history.parquet")
            for dataset, method, seed in benchmark_searches()
        ],
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
        searches=benchmark_searches(),
    script:
        "../scripts/costs.py"
