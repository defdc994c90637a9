"""Images + splits -> genotype and history, below searches/{dataset}/{method}/seed-{seed}/."""


rule search:
    """Run a method once."""
    input:
        unpack(lambda wildcards: training_data(wildcards.dataset)),
    output:
        genotype=result("searches/{dataset}/{method}/seed-{seed}/genotype.json"),
        history=result("searches/{dataset}/{method}/seed-{seed}/history.parquet"),
    log:
        result("logs/searches/{dataset}/{method}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/searches/{dataset}/{method}/seed-{seed}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: CONFIG.resources.threads
    resources:
        gpu=1,
        mem_mb=memory,
        runtime=CONFIG.resources.search_minutes,
    params:
        code=lambda wildcards: code(
            "search.py",
            f"naseval.methods.{CONFIG.algorithm(wildcards.method)}",
            f"naseval.settings.{CONFIG.algorithm(wildcards.method)}",
            *(
                f"naseval.{package}.{CONFIG.method(wildcards.method, wildcards.dataset).space}"
                for package in ("networks", "spaces")
            ),
        ),
        algorithm=lambda wildcards: CONFIG.algorithm(wildcards.method),
        search=lambda wildcards: CONFIG.search_settings(
            wildcards.method, wildcards.dataset
        ).model_dump(),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        checkpoint=result("checkpoints/searches/{dataset}/{method}/seed-{seed}.pt"),
    script:
        "../scripts/search.py"
