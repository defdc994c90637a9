"""Genotype + images + protocol -> one row per epoch, below runs/{dataset}/{protocol}/."""


rule run:
    """Train a genotype from scratch (the paper's augmentation)."""
    input:
        unpack(lambda wildcards: training_data(wildcards.dataset)),
        genotype=genotype_input,
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
        mem_mb=CONFIG.resources.memory_mb,
        runtime=CONFIG.resources.run_minutes,
    params:
        code=lambda wildcards: code(
            "run.py", "naseval.training.augment", *network_modules(wildcards)
        ),
        protocol=lambda wildcards: CONFIG.protocol(
            wildcards.protocol, wildcards.dataset
        ).model_dump(),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        checkpoint=result(
            "checkpoints/runs/{dataset}/{protocol}/{genotype}/seed-{seed}.pt"
        ),
    script:
        "../scripts/run.py"
