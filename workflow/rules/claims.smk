"""Judges the paper's claims by study tables and configuration, to claims/."""

from naseval.plugins import plugin_names

CLAIM_RULES = [
    f"naseval.claims.rules.{name}" for name in plugin_names("naseval.claims.rules")
]


rule ledger:
    """Write the ledger: every claim of the paper, judged by one source."""
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
            "ledger.py",
            *CLAIM_RULES,
            *configured_modules(),
            *map(space_module, CONFIG.spaces),
        ),
        settings=CONFIG.model_dump(
            include={
                "scaled_down",
                "datasets",
                "spaces",
                "protocols",
                "methods",
                "studies",
                "published",
            },
            exclude={"datasets": {"__all__": {"margin"}}},
        ),
    script:
        "../scripts/ledger.py"
