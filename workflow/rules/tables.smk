"""Writes the tables as Parquet, CSV, Markdown and HTML, to tables/{source}/."""


rule table:
    """Write a table."""
    input:
        unpack(lambda wildcards: inputs_of(table_of(wildcards), wildcards.source)),
    output:
        parquet=result("tables/{source}/{table}.parquet"),
        csv=result("tables/{source}/{table}.csv"),
        markdown=result("tables/{source}/{table}.md"),
        html=report(
            result("tables/{source}/{table}.html"),
            caption="../report/exhibit.rst",
            category="Tables, {source}",
            labels={"table": "{table}"},
        ),
    log:
        result("logs/tables/{source}/{table}.log"),
    benchmark:
        result("benchmarks/tables/{source}/{table}.tsv")
    wildcard_constraints:
        table=match_any(set().union(*TABLES.values())),
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code_of(table_of(wildcards), "table.py"),
        function=lambda wildcards: function_of(table_of(wildcards)),
        arguments=lambda wildcards: arguments_of(table_of(wildcards), wildcards.source),
        names=lambda wildcards: names_of(table_of(wildcards), wildcards.source),
        title=lambda wildcards: table_of(wildcards).title,
        paper=lambda wildcards: table_of(wildcards).paper,
    script:
        "../scripts/table.py"
