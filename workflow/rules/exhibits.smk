"""Functions that the rules of figures, tables, claims and the report share."""

from functools import cache
from pathlib import Path

from snakemake.logging import logger

from naseval.errors import NasevalError
from naseval.report.exhibits import SOURCES, figures, tables
from naseval.report.labels import labels

try:
    FIGURES = {source: figures(source, CONFIG) for source in SOURCES}
    TABLES = {source: tables(source, CONFIG) for source in SOURCES}
    LABELS = {source: labels(source, CONFIG) for source in SOURCES}
except NasevalError as error:
    raise WorkflowError(str(error))


@cache
def labels_of(source, study):
    """Return the labels of a source, with those of the protocols of a study."""
    return labels(source, CONFIG, study)


def figure_of(wildcards):
    """Return the declaration of the figure that the wildcards name."""
    return FIGURES[wildcards.source][wildcards.figure]


def inputs_of(exhibit, source):
    """Return the input files of a figure or table, by argument."""
    return {name: result(path) for name, path in exhibit.files(source).items()}


def arguments_of(exhibit, source):
    """Return the other arguments of a figure or table: labels and constants."""
    return {
        **exhibit.constants(CONFIG),
        **{name: labels_of(source, exhibit.study)[name] for name in exhibit.labels},
    }


def figure_files(source, studies=None):
    """Return the figures of a source, optionally only those of some studies."""
    return [
        result(f"figures/{source}/{name}.svg")
        for name, exhibit in FIGURES[source].items()
        if studies is None or exhibit.target in studies
    ]


def table_of(wildcards):
    """Return the declaration of the table that the wildcards name."""
    return TABLES[wildcards.source][wildcards.table]


def names_of(exhibit, source):
    """Return the labels of datasets and methods, if a table displays them."""
    columns = ("dataset", "method") if exhibit.named else ()
    return {column: LABELS[source][f"{column}_labels"] for column in columns}


def table_files(source, studies=None):
    """Return the tables of a source, optionally only those of some studies."""
    return [
        result(f"tables/{source}/{name}.md")
        for name, exhibit in TABLES[source].items()
        if studies is None or exhibit.target in studies
    ]


def figures_and_tables(studies):
    """Return the reproduced figures and tables of these studies."""
    return figure_files("reproduced", studies) + table_files("reproduced", studies)


def everything():
    """Return the reproduced figures, tables and score cards of all configured studies."""
    of_all = ""  # the target of exhibits that belong to no single study
    return figures_and_tables([*CONFIG.studies, of_all]) + score_cards_of(
        CONFIG.studies
    )


def score_cards_of(studies):
    """Return the score cards if one of these studies is about methods."""
    return CARDS if {"benchmark", "tricks"} & set(studies) else []


def pages_of(study):
    """Return the pages of all configured spaces for the study `spaces`, and none for others."""
    if study != "spaces":
        return []
    return [result(f"spaces/{space}.md") for space in CONFIG.studies[study].protocol_of]


def show_study(study):
    """Return an input function for the reproduced table, figures, tables and pages of a study."""

    @one_sentence()
    def list_files(_wildcards):
        if study not in CONFIG.studies:
            raise NasevalError(
                f"the study {study} is not configured: say under studies.{study} what it has"
            )
        table = result(f"studies/reproduced/{study}.parquet")
        return [table, *figures_and_tables([study]), *pages_of(study)]

    return list_files


@cache
def say_what_is_left_out():
    """Log once, if it is asked for, which methods are not planned on which recorded table."""
    asked_for = {"recorded", "recorded_reliability", "reliability"}
    if asked_for.isdisjoint(workflow.dag_settings.targets):
        return  # Snakemake looks at these rules for other targets too
    for sentence in RECORDED.left_out:
        logger.info(f"recorded: {sentence}")


def show_recorded(*names):
    """Return an input function for the figures and tables of recorded searches, or the named."""

    @one_sentence()
    def list_files(_wildcards):
        if not RECORDED.jobs:
            raise NasevalError(
                "nothing recorded is configured: say under recorded what to search"
            )
        say_what_is_left_out()
        files = figure_files("recorded") + table_files("recorded")
        return [file for file in files if not names or Path(file).stem in names]

    return list_files


def judged_tables(wildcards):
    """Return the tables from which the claims of a source are computed."""
    if wildcards.source == "published":
        names = [name for name in PUBLISHED if name != "data_issues"]
    else:
        names = [study for study in CONFIG.studies if study in PUBLISHED]
        names += ["costs"] if "benchmark" in CONFIG.studies else []
    return [result(f"studies/{wildcards.source}/{name}.parquet") for name in names]


def captions(exhibits):
    """Return the titles of figures or tables and what the paper says about them, by name."""
    return {name: [exhibit.title, exhibit.paper] for name, exhibit in exhibits.items()}


def function_of(exhibit):
    """Return the function that makes a figure or table, as `module:function`."""
    return f"{exhibit.module}:{exhibit.function}"


def code_of(exhibit, script, *modules):
    """Return the code of a figure or table, as a param of its rule."""
    return code(script, f"naseval.{exhibit.module}", *modules)
