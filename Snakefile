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
include: "workflow/rules/report.smk"


localrules:
    all,
    benchmark,
    claims,
    figures,
    tables,
    report,


rule all:
    """Every study with its figures and tables, and the page that shows them."""
    default_target: True
    input:
        figures_and_tables(CONFIG.studies),
        result("report.html"),


rule benchmark:
    """Searched against random architectures: Figure 1 and Table 1."""
    input:
        figures_and_tables(["benchmark"]),


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


rule report:
    """The page of everything there is, once every study is reproduced."""
    input:
        result("report.html"),
