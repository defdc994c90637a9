"""Runs the searches, to searches/{dataset}/{method}/seed-{seed}/."""


rule search:
    """Run one search of a method; write the genotype and the history."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
    output:
        genotype=result("searches/{dataset}/{method}/seed-{seed}/genotype.json"),
        history=result("searches/{dataset}/{method}/seed-{seed}/history.parquet"),
    log:
        result("logs/searches/{dataset}/{method}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/searches/{dataset}/{method}/seed-{seed}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_cores(wildcards.dataset)
    resources:
        **request_training(CONFIG.resources.search_minutes),
    params:
        code=lambda wildcards: code(
            "search.py",
            *method_modules(CONFIG.algorithm(wildcards.method)),
            *network_modules(CONFIG.method(wildcards.method, wildcards.dataset).space),
        ),
        algorithm=lambda wildcards: CONFIG.algorithm(wildcards.method),
        search=lambda wildcards: CONFIG.search_settings(
            wildcards.method, wildcards.dataset
        ).model_dump(),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        checkpoint=result("checkpoints/searches/{dataset}/{method}/seed-{seed}.pt"),
    script:
        "../scripts/search.py"
