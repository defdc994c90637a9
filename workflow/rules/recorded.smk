"""Searches tables of trainings that others did, to recorded/ and studies/recorded/.

Only the target `recorded` needs these rules; no training is planned by them.
"""

import re
from dataclasses import asdict


wildcard_constraints:
    benchmark=match_any(RECORDED.benchmarks),
    recorded_method=match_any({job.method for job in RECORDED.jobs}),


rule recorded_file:
    """Fetch a table of recorded trainings from a mirror or its pinned address, and verify it."""
    output:
        file=result("recorded/raw/{file}"),
    log:
        result("logs/recorded/raw/{file}.log"),
    benchmark:
        result("benchmarks/recorded/raw/{file}.tsv")
    wildcard_constraints:
        file=match_any(map(re.escape, RECORDED.downloads())),
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=30,
    params:
        code=code("recorded_file.py"),
        file=lambda wildcards: RECORDED.downloads()[wildcards.file],
    script:
        "../scripts/recorded_file.py"


rule recorded_architectures:
    """List what is reported of every architecture of a table."""
    input:
        files=lambda wildcards: [
            result(file) for file in RECORDED.benchmarks[wildcards.benchmark].files
        ],
    output:
        architectures=result("recorded/{benchmark}/architectures.parquet"),
    log:
        result("logs/recorded/{benchmark}/architectures.log"),
    benchmark:
        result("benchmarks/recorded/{benchmark}/architectures.tsv")
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda wildcards: code(
            "recorded_architectures.py",
            table_module(RECORDED.benchmarks[wildcards.benchmark].table),
        ),
        table=lambda wildcards: RECORDED.benchmarks[wildcards.benchmark].table,
        facts=lambda wildcards: RECORDED.benchmarks[
            wildcards.benchmark
        ].facts.expected(),
        folder=lambda wildcards: result(RECORDED.benchmarks[wildcards.benchmark].folder),
    script:
        "../scripts/recorded_architectures.py"


rule recorded_searches:
    """Run all searches of a method on a table."""
    input:
        files=lambda wildcards: [
            result(file) for file in RECORDED.benchmarks[wildcards.benchmark].files
        ],
    output:
        searches=result("recorded/{benchmark}/{recorded_method}/searches.parquet"),
    log:
        result("logs/recorded/{benchmark}/{recorded_method}.log"),
    benchmark:
        result("benchmarks/recorded/{benchmark}/{recorded_method}.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=lambda wildcards: code(
            "recorded_searches.py",
            table_module(RECORDED.benchmarks[wildcards.benchmark].table),
            algorithm_module(recorded_job(wildcards).algorithm),
        ),
        job=lambda wildcards: asdict(recorded_job(wildcards)),
        facts=lambda wildcards: RECORDED.benchmarks[
            wildcards.benchmark
        ].facts.expected(),
        folder=lambda wildcards: result(RECORDED.benchmarks[wildcards.benchmark].folder),
        searches=RECORDED.searches,
    script:
        "../scripts/recorded_searches.py"


rule recorded_study:
    """Gather the searches of all methods on all tables, and make them a study table."""
    input:
        searches=[
            result(f"recorded/{job.benchmark}/{job.method}/searches.parquet")
            for job in RECORDED.jobs
        ],
        architectures=[
            result(f"recorded/{benchmark}/architectures.parquet")
            for benchmark in RECORDED.benchmarks
        ],
    output:
        study=result("studies/recorded/benchmark.parquet"),
        searches=result("studies/recorded/searches.parquet"),
    log:
        result("logs/studies/recorded/benchmark.log"),
    benchmark:
        result("benchmarks/studies/recorded/benchmark.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code("recorded_study.py"),
        searches=[
            (
                job.benchmark,
                job.method,
                RECORDED.benchmarks[job.benchmark].facts.verdicts,
            )
            for job in RECORDED.jobs
        ],
        benchmarks=list(RECORDED.benchmarks),
        last_epochs=RECORDED.last_epochs(),
    script:
        "../scripts/recorded_study.py"
