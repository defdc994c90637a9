"""Estimates the cost of the unfinished searches and runs, to budget.md, calibration/ and work/."""

from naseval.budget.jobs import counted_modules, precisions

# The packages from which the job imports by computed names; `counted_modules` lists the modules.
PACKAGES = ("methods", "networks.fixed", "spaces")


rule work:
    """Count the computations of a dataset's searches and runs; needs no images and no GPU."""
    output:
        work=result("work/{dataset}.parquet"),
    log:
        result("logs/work/{dataset}.log"),
    benchmark:
        result("benchmarks/work/{dataset}.tsv")
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        code=lambda wildcards: code(
            "work.py",
            *(f"naseval.{package}" for package in PACKAGES),
            *counted_modules(describe_work(wildcards)),
        ),
        units=lambda wildcards: describe_work(wildcards),
    script:
        "../scripts/work.py"


rule calibration:
    """Measure the time of training steps on the configured device."""
    output:
        calibration=result("calibration/{device}.json"),
    log:
        result("logs/calibration/{device}.log"),
    benchmark:
        result("benchmarks/calibration/{device}.tsv")
    wildcard_constraints:
        device=CONFIG.resources.device,
    conda:
        "../../envs/train.yaml"
    threads: CONFIG.resources.threads
    resources:
        **request_training(30),
    params:
        code=code(
            "calibration.py",
            *(
                module
                for space in ("darts", "enas", "nao")
                for module in network_modules(space)
            ),
        ),
        precisions=precisions(CONFIG),
    script:
        "../scripts/calibration.py"


# It has neither output nor benchmark, so that it runs and prints whenever it is requested.
rule budget:
    """Print the estimated cost of the unfinished searches and runs, before they start."""
    input:
        refuse_dropped,
        calibration=result(f"calibration/{CONFIG.resources.device}.json"),
        work=expand(result("work/{dataset}.parquet"), dataset=STUDIED),
    log:
        result("logs/budget.log"),
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("budget.py", *configured_modules(), *map(space_module, CONFIG.spaces)),
    script:
        "../scripts/budget.py"
