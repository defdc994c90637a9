"""Checks all files in the results folder. `python -m naseval verify` does so without Snakemake."""


# It has neither output nor benchmark, so that it runs and prints whenever it is requested.
rule verify:
    """Check every result: undamaged, and made with the configured settings and inputs."""
    input:
        refuse_dropped,
    log:
        result("logs/verify.log"),
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        code=code(
            "verify.py",
            "naseval.claims.rules",
            *configured_modules(),
            *map(space_module, CONFIG.spaces),
        ),
    script:
        "../scripts/verify.py"
