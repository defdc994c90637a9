"""NAS evaluation is frustratingly hard, as a workflow: see README.md and docs/architecture.md."""

from snakemake.utils import min_version

min_version("9.20")


configfile: f"{workflow.basedir}/config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/archives.smk"
include: "workflow/rules/download.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/overview.smk"
include: "workflow/rules/architectures.smk"
include: "workflow/rules/search.smk"
include:
    "workflow/rules/augmentation.smk"
    if CONFIG.resources.runs_per_job == 1
    else "workflow/rules/packs.smk"
include: "workflow/rules/diagnostics.smk"
include: "workflow/rules/studies.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/exhibits.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/cards.smk"
include: "workflow/rules/budget.smk"
include: "workflow/rules/exports.smk"
include: "workflow/rules/spaces.smk"
include: "workflow/rules/report.smk"


onstart:
    no_orphans()


localrules:
    all,
    benchmark,
    cards,
    cells,
    claims,
    depth,
    distribution,
    exports,
    figures,
    operations,
    protocols,
    report,
    seeds,
    tables,
    tricks,


rule all:
    """Every study with its figures and tables, the methods' cards, and the page of it all."""
    default_target: True
    input:
        everything(),
        result("report.html"),


rule benchmark:
    """Searched against random architectures: Figures 1 and 2, Table 1."""
    input:
        of_study("benchmark"),


rule tricks:
    """Methods with and without training tricks, side by side."""
    input:
        of_study("tricks"),


rule protocols:
    """Ten training protocols, DARTS cells and ResNet-50: Figures 3 and 10."""
    input:
        of_study("protocols"),


rule distribution:
    """The accuracies of many random architectures: Figures 4 and 5."""
    input:
        of_study("distribution"),


rule operations:
    """The DARTS space against one of poor operations: Figure 6."""
    input:
        of_study("operations"),


rule cells:
    """Accuracy by the number of cells: Figure 7."""
    input:
        of_study("cells"),


rule seeds:
    """Ranks of architectures under two seeds: Figure 8."""
    input:
        of_study("seeds"),


rule depth:
    """Ranks of architectures at two depths: Figure 9."""
    input:
        of_study("depth"),


rule figures:
    """Every figure from the authors' published statistics; no GPU, no torch."""
    input:
        figure_files("published"),


rule tables:
    """Every table from the authors' published statistics; no GPU, no torch."""
    input:
        table_files("published"),


rule claims:
    """A verdict on every number the paper prints, from the authors' published statistics."""
    input:
        result("claims/published.parquet"),


rule exports:
    """One archive per study: runs, genotypes, seeds, protocols, README, checksums."""
    input:
        [result(f"exports/{study}.zip") for study in CONFIG.studies],


rule report:
    """The page of everything there is, once every study is reproduced."""
    input:
        result("report.html"),
