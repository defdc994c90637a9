"""Gathers runs into one tidy table per study, to studies/reproduced/{study}.parquet."""

from naseval.studies import asked, labelled, searches

BASELINE_SEARCHES = searches(CONFIG, "baselines")
"""The dataset, method and seed of every search of the study `baselines`."""


rule study:
    """Gather the runs of a study, one row per run and epoch."""
    input:
        runs=lambda wildcards: list_runs(wildcards.study),
        decisions=lambda wildcards: decisions_of(wildcards.study),
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
        members=lambda wildcards: labelled(as_decided(wildcards.study), wildcards.study),
        asked=lambda wildcards: asked_by(wildcards.study),
        diverged=lambda wildcards: CONFIG.study(wildcards.study).diverged,
    script:
        "../scripts/study.py"


rule histories:
    """Gather the histories of the benchmark's searches, one row per search and epoch."""
    input:
        histories=lambda _: [
            result(f"searches/{dataset}/{method}/seed-{seed}/history.parquet")
            for dataset, method, seed in searches_here()
        ],
        decisions=decisions_of(),
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
        searches=lambda _: searches_here(),
        asked=lambda _: asked(
            CONFIG,
            [],
            {(dataset, method) for dataset, method, _ in searches_here()},
        ),
    script:
        "../scripts/histories.py"


use rule histories as baseline_histories with:
    """Gather the histories of the searches of methods and baselines."""
    input:
        histories=[
            result(f"searches/{dataset}/{method}/seed-{seed}/history.parquet")
            for dataset, method, seed in BASELINE_SEARCHES
        ],
    output:
        histories=result("studies/reproduced/baseline-histories.parquet"),
    log:
        result("logs/studies/reproduced/baseline-histories.log"),
    benchmark:
        result("benchmarks/studies/reproduced/baseline-histories.tsv")
    params:
        code=code("histories.py", "naseval.studies._gather"),
        searches=BASELINE_SEARCHES,
        asked=asked(
            CONFIG, [], {(dataset, method) for dataset, method, _ in BASELINE_SEARCHES}
        ),


rule costs:
    """Compute the cost of each search of the benchmark, in GPU-days, or take it as stated."""
    input:
        histories=result("studies/reproduced/histories.parquet"),
        decisions=decisions_of(),
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
        stated=lambda _: stated_costs(),
    script:
        "../scripts/costs.py"
