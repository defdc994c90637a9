"""Trains genotypes from scratch (augmentation), to runs/{dataset}/{protocol}/."""


rule run:
    """Train a genotype from scratch (the paper's augmentation) and record every epoch."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
        genotype=lambda wildcards: find_genotype(parse_run(wildcards)),
    output:
        run=result("runs/{dataset}/{protocol}/{genotype}/seed-{seed}.parquet"),
    log:
        result("logs/runs/{dataset}/{protocol}/{genotype}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/runs/{dataset}/{protocol}/{genotype}/seed-{seed}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_run_cores([parse_run(wildcards)])
    resources:
        **request_training(lambda wildcards: limit_minutes(parse_run(wildcards))),
    params:
        code=lambda wildcards: digest_run_code(parse_run(wildcards)),
        runs=lambda wildcards: [describe_run(parse_run(wildcards))],
        genotypes=lambda wildcards: [find_genotype(parse_run(wildcards))],
    script:
        "../scripts/run.py"
