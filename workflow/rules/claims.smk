"""Study tables and configuration -> a verdict on every number the paper prints, claims/."""

from naseval.records import content_digest

CLAIM_FILES = ["claims.csv", "templates/page.html", "templates/section.html"]
CLAIM_FILES += ["templates/claims.css", "templates/claims.js"]


def judged_tables(wildcards):
    """Return the tables that claims are computed from."""
    if wildcards.source == "published":
        names = [name for name in PUBLISHED if name != "data_issues"]
    else:
        names = [*CONFIG.studies, *(["costs"] if "benchmark" in CONFIG.studies else [])]
    return [result(f"studies/{wildcards.source}/{name}.parquet") for name in names]


def package_files(package, names):
    """Return digests of files beside a package's code, which `code` does not see."""
    folder = Path(workflow.basedir, "src/naseval", package)
    return {name: content_digest(folder / name) for name in names}


rule ledger:
    """Judge every claim of the paper by one source."""
    input:
        tables=judged_tables,
    output:
        parquet=result("claims/{source}.parquet"),
        csv=result("claims/{source}.csv"),
        html=report(
            result("claims/{source}.html"),
            caption="../report/claims.rst",
            category="Claims",
            labels={"source": "{source}"},
        ),
    log:
        result("logs/claims/{source}.log"),
    benchmark:
        result("benchmarks/claims/{source}.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code(
            "claims.py",
            "naseval.claims.ledger",
            *(f"naseval.spaces.{name}" for name in CONFIG.spaces),
        ),
        files=package_files("claims", CLAIM_FILES),
        settings=CONFIG.model_dump(
            include={
                "datasets",
                "spaces",
                "protocols",
                "methods",
                "studies",
                "published",
            }
        ),
    script:
        "../scripts/claims.py"
