"""Study tables -> figures as SVG, PNG and the plotted data as CSV, figures/{source}/."""

from naseval.report.exhibits import SOURCES, figures, labels

FIGURES = {source: figures(source, CONFIG) for source in SOURCES}
LABELS = {source: labels(source, CONFIG) for source in SOURCES}


def figure_of(wildcards):
    return FIGURES[wildcards.source][wildcards.figure]


def inputs_of(exhibit, source):
    """Return the files that a figure or table is made from, by argument."""
    return {name: result(path) for name, path in exhibit.inputs(source).items()}


def arguments_of(exhibit, source):
    """Return the other arguments of a figure or table: labels and what its entry states."""
    return {
        **exhibit.arguments,
        **{name: LABELS[source][name] for name in exhibit.labels},
    }


def caption(kind, name):
    """Return what the paper says of a figure or table."""
    return Path(workflow.basedir, f"workflow/report/{kind}-{name}.rst").read_text()


def figure_files(source, studies=None):
    """Return a source's figures, of some studies or of all."""
    return [
        result(f"figures/{source}/{name}.svg")
        for name, exhibit in FIGURES[source].items()
        if studies is None or exhibit.study in studies
    ]


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
        figure=any_of(set().union(*FIGURES.values())),
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
