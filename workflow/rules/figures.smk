"""Study tables -> figures as SVG, PNG and the plotted data as CSV, figures/{source}/."""

FIGURES = {
    "benchmark": "benchmark",
}
"""The study that each figure shows."""


rule figure:
    """Draw a figure."""
    input:
        study=lambda wildcards: result(
            f"studies/{wildcards.source}/{FIGURES[wildcards.figure]}.parquet"
        ),
    output:
        multiext(
            result("figures/{source}/{figure}"), svg=".svg", png=".png", csv=".csv", caption=".txt"
        ),
    log:
        result("logs/figures/{source}/{figure}.log"),
    benchmark:
        result("benchmarks/figures/{source}/{figure}.tsv")
    wildcard_constraints:
        figure=any_of(FIGURES),
    params:
        code=lambda wildcards: code(
            "figure.py", f"naseval.figures.{wildcards.figure}", "naseval.figures.style"
        ),
        labels=CONFIG.labels,
        figure=lambda wildcards: wildcards.figure,
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/figure.py"
