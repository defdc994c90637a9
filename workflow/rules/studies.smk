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
    params:
        code=lambda wildcards: code("study.py", "naseval.studies.table"),
        members=lambda wildcards: labelled(CONFIG, wildcards.study),
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/study.py"
