"""NAS evaluation is frustratingly hard, as a workflow: see README.md and docs/architecture.md."""

from snakemake.utils import min_version

min_version("9.20")


configfile: f"{workflow.basedir}/config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/architectures.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/augmentation.smk"
include: "workflow/rules/studies.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"


localrules:
    all,
    benchmark,


rule all:
    """Every study with its figures and tables."""
    default_target: True
    input:
        figures_and_tables(CONFIG.studies),


rule benchmark:
    """Searched against random architectures: Figure 1 and Table 1."""
    input:
        figures_and_tables(["benchmark"]),
