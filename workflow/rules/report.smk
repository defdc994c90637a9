"""Collects figures, tables, claims and cards on one page, report.html."""

from naseval.report.exhibits import SOURCES


# All rules write the same page, which shows all results that exist. They require different ones.
ruleorder: report_page > published > recorded


rule report_page:
    """Write the report after all reproduced figures, tables, claims and cards."""
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
    """Published: the report with figures, tables and verdicts; no GPU, no torch."""
    input:
        figure_files("published"),
        table_files("published"),
        result("claims/published.parquet"),


use rule report_page as recorded with:
    """Recorded: baselines on trainings that others did, in seconds; no GPU, no torch."""
    input:
        show_recorded(),
