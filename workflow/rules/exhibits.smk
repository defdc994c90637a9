"""What the rules of figures, tables, claims and the page share."""

from pathlib import Path

from naseval.errors import NasevalError
from naseval.report.exhibits import SOURCES, figures, labels, tables

try:
    FIGURES = {source: figures(source, CONFIG) for source in SOURCES}
    TABLES = {source: tables(source, CONFIG) for source in SOURCES}
except NasevalError as error:
    raise WorkflowError(str(error))

LABELS = {source: labels(source, CONFIG) for source in SOURCES}


def figure_of(wildcards):
    return FIGURES[wildcards.source][wildcards.figure]


def inputs_of(exhibit, source):
    """Return the files that a figure or table is made from, by argument."""
    return {name: result(path) for name, path in exhibit.files(source).items()}


def arguments_of(exhibit, source):
    """Return the other arguments of a figure or table: labels and constants."""
    return {
        **exhibit.constants(CONFIG),
        **{name: LABELS[source][name] for name in exhibit.labels},
    }


def figure_files(source, studies=None):
    """Return a source's figures, of some studies or of all."""
    return [
        result(f"figures/{source}/{name}.svg")
        for name, exhibit in FIGURES[source].items()
        if studies is None or exhibit.target in studies
    ]


def table_of(wildcards):
    return TABLES[wildcards.source][wildcards.table]


def names_of(exhibit, source):
    """Return what datasets and methods are called in a table that names them."""
    columns = ("dataset", "method") if exhibit.named else ()
    return {column: LABELS[source][f"{column}_labels"] for column in columns}


def table_files(source, studies=None):
    """Return a source's tables, of some studies or of all."""
    return [
        result(f"tables/{source}/{name}.md")
        for name, exhibit in TABLES[source].items()
        if studies is None or exhibit.target in studies
    ]


def figures_and_tables(studies):
    """Return everything that people read of these studies, as reproduced."""
    return figure_files("reproduced", studies) + table_files("reproduced", studies)


def everything():
    """Return all that people read of the configured studies, as reproduced."""
    of_all = ""  # how exhibits say that they are of no one study
    return figures_and_tables([*CONFIG.studies, of_all]) + score_cards_of(
        CONFIG.studies
    )


def score_cards_of(studies):
    """Return the methods' cards, where a study of methods is among these."""
    return CARDS if {"benchmark", "tricks"} & set(studies) else []


def show_study(study):
    """Return an input function: a study's table and what people read of it, as reproduced."""

    @one_sentence()
    def list_files(_wildcards):
        if study not in CONFIG.studies:
            raise NasevalError(
                f"the study {study} is not configured: say under studies.{study} what it has"
            )
        table = result(f"studies/reproduced/{study}.parquet")
        return [table, *figures_and_tables([study])]

    return list_files


def judged_tables(wildcards):
    """Return the tables that claims are computed from."""
    if wildcards.source == "published":
        names = [name for name in PUBLISHED if name != "data_issues"]
    else:
        names = [study for study in CONFIG.studies if study in PUBLISHED]
        names += ["costs"] if "benchmark" in CONFIG.studies else []
    return [result(f"studies/{wildcards.source}/{name}.parquet") for name in names]


def captions(exhibits):
    """Return, by name, the title of figures or tables and what the paper says of them."""
    return {name: [exhibit.title, exhibit.paper] for name, exhibit in exhibits.items()}


def function_of(exhibit):
    """Name the function that makes a figure or table, for its script."""
    return f"{exhibit.module}:{exhibit.function}"


def code_of(exhibit, script, *modules):
    """Return the code of a figure or table, for `params`."""
    return code(script, f"naseval.{exhibit.module}", *modules)
