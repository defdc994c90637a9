"""Study tables -> tables as Parquet, CSV and Markdown, tables/{source}/."""

TABLES = {
    "benchmark": ("benchmark", "table_1"),
}
"""The study that each table sums up, and the module of naseval.analysis that does it."""


def figures_and_tables(studies):
    """Return everything that people read of these studies."""
    figures = [name for name, study in FIGURES.items() if study in studies]
    tables = [name for name, (study, _) in TABLES.items() if study in studies]
    return [result(f"figures/reproduced/{name}.svg") for name in figures] + [
        result(f"tables/reproduced/{name}.md") for name in tables
    ]


rule table:
    """Sum up a study."""
    input:
        study=lambda wildcards: result(
            f"studies/{wildcards.source}/{TABLES[wildcards.table][0]}.parquet"
        ),
    output:
        multiext(
            result("tables/{source}/{table}"), parquet=".parquet", csv=".csv", markdown=".md"
        ),
    log:
        result("logs/tables/{source}/{table}.log"),
    benchmark:
        result("benchmarks/tables/{source}/{table}.tsv")
    wildcard_constraints:
        table=any_of(TABLES),
    params:
        code=lambda wildcards: code(
            "table.py", f"naseval.analysis.{TABLES[wildcards.table][1]}"
        ),
        labels=CONFIG.labels,
        module=lambda wildcards: TABLES[wildcards.table][1],
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/analysis.yaml"
    script:
        "../scripts/table.py"
