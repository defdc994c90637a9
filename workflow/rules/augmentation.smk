"""Genotype + images + protocol -> one row per epoch, below runs/{dataset}/{protocol}/."""


rule run:
    """Train a genotype from scratch (the paper's augmentation)."""
    input:
        unpack(lambda wildcards: training_data(wildcards.dataset)),
        genotype=lambda wildcards: genotype_input(run_of(wildcards)),
    output:
        run=result("runs/{dataset}/{protocol}/{genotype}/seed-{seed}.parquet"),
    log:
        result("logs/runs/{dataset}/{protocol}/{genotype}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/runs/{dataset}/{protocol}/{genotype}/seed-{seed}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: CONFIG.resources.threads
    resources:
        gpu=1,
        mem_mb=memory,
        runtime=lambda wildcards: run_minutes(run_of(wildcards)),
    params:
        code=lambda wildcards: run_code(run_of(wildcards)),
        runs=lambda wildcards: [run_settings(run_of(wildcards))],
        genotypes=lambda wildcards: [genotype_input(run_of(wildcards))],
    script:
        "../scripts/run.py"
