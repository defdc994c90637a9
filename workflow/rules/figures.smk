"""Study tables -> figures as SVG, PNG and the plotted data as CSV, figures/{source}/."""


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
        code=lambda wildcards: code(
            "figure.py", figure_of(wildcards).module, "naseval.figures.style"
        ),
        function=lambda wildcards: figure_of(wildcards).function,
        arguments=lambda wildcards: arguments_of(figure_of(wildcards), wildcards.source),
        paper=lambda wildcards: caption("figure", wildcards.figure),
    script:
        "../scripts/figure.py"
