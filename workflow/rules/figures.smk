"""Draws the figures as SVG, PDF and PNG, with the plotted data as CSV, to figures/{source}/."""


rule figure:
    """Draw a figure."""
    input:
        unpack(lambda wildcards: inputs_of(figure_of(wildcards), wildcards.source)),
    output:
        svg=report(
            result("figures/{source}/{figure}.svg"),
            caption="../report/exhibit.rst",
            category="Figures, {source}",
            labels={"figure": "{figure}"},
        ),
        pdf=result("figures/{source}/{figure}.pdf"),
        png=result("figures/{source}/{figure}.png"),
        csv=result("figures/{source}/{figure}.csv"),
        caption=result("figures/{source}/{figure}.txt"),
    log:
        result("logs/figures/{source}/{figure}.log"),
    benchmark:
        result("benchmarks/figures/{source}/{figure}.tsv")
    wildcard_constraints:
        figure=match_any(set().union(*FIGURES.values())),
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code_of(
            figure_of(wildcards), "figure.py", "naseval.figures.style"
        ),
        function=lambda wildcards: function_of(figure_of(wildcards)),
        arguments=lambda wildcards: arguments_of(figure_of(wildcards), wildcards.source),
        paper=lambda wildcards: figure_of(wildcards).paper,
    script:
        "../scripts/figure.py"
