"""Named targets: `published_…` from the authors' statistics, `reproduced_…` from our own runs,
`recorded` from trainings that others did.

Most of them have a shorter alias that does not name the source.
"""

from naseval.studies import describe_study, study_names

SHORT_NAMES = [
    "benchmark",
    "tricks",
    "protocols",
    "distribution",
    "operations",
    "cells",
    "seeds",
    "depth",
]


rule published_figures:
    """Published: every figure from the authors' statistics; no GPU, no torch."""
    input:
        figure_files("published"),


rule published_tables:
    """Published: every table from the authors' statistics; no GPU, no torch."""
    input:
        table_files("published"),


rule published_claims:
    """Published: a verdict on every claim of the paper, from the authors' statistics."""
    input:
        result("claims/published.parquet"),


rule recorded_reliability:
    """Recorded: how often so many searches and random architectures name the better method."""
    input:
        show_recorded("reliability"),


rule reproduced:
    """Reproduced: everything from our own runs: all studies, the score cards and the report."""
    input:
        everything(),
        result("report.html"),


rule exports:
    """Reproduced: one archive per study with runs, genotypes, seeds, protocols, checksums."""
    input:
        [result(f"exports/{study}.zip") for study in CONFIG.studies],


for study in study_names():

    rule:
        name:
            f"reproduced_{study}"
        input:
            show_study(study),

    describe_rule(f"reproduced_{study}", f"Reproduced: {describe_study(study)}")


# Aliases


for study in SHORT_NAMES:

    rule:
        name:
            study
        input:
            show_study(study),

    describe_rule(study, f"The same as reproduced_{study}.")


rule figures:
    """The same as published_figures."""
    input:
        rules.published_figures.input,


rule tables:
    """The same as published_tables."""
    input:
        rules.published_tables.input,


rule claims:
    """The same as published_claims."""
    input:
        rules.published_claims.input,


rule reliability:
    """The same as recorded_reliability."""
    input:
        rules.recorded_reliability.input,


rule report:
    """The same as reproduced."""
    input:
        rules.reproduced.input,
