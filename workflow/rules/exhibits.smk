"""What the rules of figures, tables, claims and the page share."""

from pathlib import Path

from naseval.errors import NasevalError
from naseval.records import content_digest
from naseval.report.exhibits import SOURCES, figures, labels, tables

FIGURES = {source: figures(source, CONFIG) for source in SOURCES}
LABELS = {source: labels(source, CONFIG) for source in SOURCES}
TABLES = {source: tables(source, CONFIG) for source in SOURCES}
CLAIM_FILES = ["claims.csv", "templates/page.html", "templates/section.html"]
CLAIM_FILES += ["templates/claims.css", "templates/claims.js"]
PAGE_FILES = ["templates/report.html", "templates/report.css"]


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
        if studies is None or (exhibit.study or exhibit.beside) in studies
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
        if studies is None or (exhibit.study or exhibit.beside) in studies
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


def package_files(package, names):
    """Return digests of files beside a package's code, which `code` does not see."""
    folder = Path(workflow.basedir, "src/naseval", package)
    return {name: content_digest(folder / name) for name in names}


def captions(exhibits, kind):
    """Return title and caption of a source's figures or tables, by name."""
    return {
        name: [exhibit.title, caption(kind, name)] for name, exhibit in exhibits.items()
    }
