"""The paper "NAS evaluation is frustratingly hard" as a workflow: see README.md and docs/."""

from snakemake.utils import min_version

min_version("9.20")


include: "workflow/rules/project.smk"


configfile: f"{PROJECT}/config/config.yaml"


include: "workflow/rules/common.smk"


if CONFIG.resources.container:

    container: CONFIG.resources.container


# Images
include: "workflow/rules/archives.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/overview.smk"
# Searches and runs
include: "workflow/rules/architectures.smk"
include: "workflow/rules/elsewhere.smk"
include: "workflow/rules/theirs.smk"
include:
    "workflow/rules/search.smk"
    if searches_per_job() == 1
    else "workflow/rules/search_packs.smk"
include:
    "workflow/rules/augmentation.smk"
    if CONFIG.resources.runs_per_job == 1
    else "workflow/rules/packs.smk"
include: "workflow/rules/supernet.smk"
include: "workflow/rules/budget.smk"


if STEPWISE:

    include: "workflow/rules/stopping.smk"


# Study tables, from our own runs, from the authors' files and from recorded trainings
include: "workflow/rules/studies.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/recorded.smk"
# Figures, tables, claims, cards and the report
include: "workflow/rules/exhibits.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/cards.smk"
include: "workflow/rules/spaces.smk"
include: "workflow/rules/diagnostics.smk"
include: "workflow/rules/exports.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/verify.smk"
include: "workflow/rules/targets.smk"


onstart:
    refuse_killed_runs()
    note_overlays()
    look_for_jobs_when_one_ends()


rule all:
    """Reproduced: every study with its figures and tables, the score cards, and the report."""
    default_target: True
    input:
        rules.reproduced.input,
