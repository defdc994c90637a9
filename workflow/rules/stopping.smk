"""Judges cells of the benchmark in steps, to decisions/; included if any cell has steps.

Each cell is a chain of looks. A checkpoint judges one, and only if it is undecided does the next one
ask for more searches and random architectures. The study waits for all cells.
"""

from naseval.studies import asked
from naseval.studies._stopping import DECISIONS, look_settings


wildcard_constraints:
    look=r"[1-9]\d*",


checkpoint look:
    """Judge a cell after so many searches and random architectures."""
    input:
        runs=files_of_look,
    output:
        verdict=result("decisions/{dataset}/{method}/look-{look}.parquet"),
    log:
        result("logs/decisions/{dataset}/{method}/look-{look}.log"),
    benchmark:
        result("benchmarks/decisions/{dataset}/{method}/look-{look}.tsv")
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("look.py", "naseval.studies._gather"),
        members=rows_of_look,
        asked=lambda wildcards: asked(CONFIG, runs_of_look(wildcards)),
        diverged=CONFIG.study("benchmark").diverged,
        looks=lambda wildcards: look_settings(
            CONFIG, (wildcards.dataset, wildcards.method)
        )["looks"],
        margin=lambda wildcards: CONFIG.margins[wildcards.dataset],
    script:
        "../scripts/look.py"


checkpoint decisions:
    """Put the verdicts on all cells that are judged in steps into one table."""
    input:
        *[find_last_look(*cell) for cell in STEPWISE],
    output:
        table=result(DECISIONS),
    log:
        result("logs/decisions/benchmark.log"),
    benchmark:
        result("benchmarks/decisions/benchmark.tsv")
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("decisions.py"),
    script:
        "../scripts/decisions.py"
