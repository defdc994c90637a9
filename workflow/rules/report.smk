"""Figures, tables, claims -> one page, report.html."""

from naseval.report.exhibits import SOURCES


# Both write the same page, which shows whatever is there; they differ in what has to be there.
ruleorder: report_page > published


rule report_page:
    """Show everything that is there on one page, once the reproduction is complete."""
    input:
        everything(),
        result("claims/reproduced.parquet"),
    output:
        page=result("report.html"),
    log:
        result("logs/report.log"),
    benchmark:
        result("benchmarks/report.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code("report_page.py", "naseval.report.page"),
        figures={source: captions(FIGURES[source]) for source in SOURCES},
        tables={source: captions(TABLES[source]) for source in SOURCES},
        scaled_down=CONFIG.scaled_down,
    script:
        "../scripts/report_page.py"


use rule report_page as published with:
    """Figures, tables and verdicts from the authors' published statistics; no GPU, no torch."""
    input:
        figure_files("published"),
        table_files("published"),
        result("claims/published.parquet"),
