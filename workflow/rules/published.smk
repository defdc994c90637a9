"""Reads the authors' raw files into study tables and other tables, to studies/published/."""

from naseval.published.raw_files import raw_files
from naseval.published.paper import OTHER_TABLES, STUDIES

PUBLISHED = (*STUDIES, *OTHER_TABLES)
RAW = {path: result(f"published/raw/{path}") for path in raw_files()}


rule published_files:
    """Fetch the authors' raw files from a mirror or their pinned address, and verify them."""
    output:
        files=list(RAW.values()),
    log:
        result("logs/published/files.log"),
    benchmark:
        result("benchmarks/published/files.tsv")
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=30,
    params:
        code=code("published_files.py"),
        files=RAW,
        digests={path: raw.upstream.sha256 for path, raw in raw_files().items()},
    script:
        "../scripts/published_files.py"


rule published_studies:
    """Read the authors' files into one table per study, and list the issues of the files."""
    input:
        files=list(RAW.values()),
    output:
        **{name: result(f"studies/published/{name}.parquet") for name in PUBLISHED},
    log:
        result("logs/published/tables.log"),
    benchmark:
        result("benchmarks/published/tables.tsv")
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("published_studies.py", "naseval.published.tables"),
        folder=lambda wildcards, input: input.files[0].removesuffix(next(iter(RAW))),
        constants=CONFIG.published.model_dump(exclude={"mirror"}),
    script:
        "../scripts/published_studies.py"
