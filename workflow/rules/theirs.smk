"""Runs searches by programs of users, to searches/{dataset}/{method}/seed-{seed}/."""


rule plain_images:
    """Write the images of train and validation in a plain form, for as long as searches need it."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
    output:
        folder=temp(directory(result("plain/{dataset}"))),
    log:
        result("logs/plain/{dataset}.log"),
    benchmark:
        result("benchmarks/plain/{dataset}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        code=code("plain_images.py"),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
    script:
        "../scripts/plain_images.py"


rule their_search:
    """Run one search of a method by its program; write the genotype and the history."""
    input:
        plain=result("plain/{dataset}"),
        splits=result("data/{dataset}/splits.parquet"),
        channels=result("data/{dataset}/channels.json"),
    output:
        genotype=result("searches/{dataset}/{method}/seed-{seed}/genotype.json"),
        history=result("searches/{dataset}/{method}/seed-{seed}/history.parquet"),
    log:
        result("logs/searches/{dataset}/{method}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/searches/{dataset}/{method}/seed-{seed}.tsv")
    wildcard_constraints:
        method=match_any(set(CONFIG.searching) - set(CONFIG.implemented)),
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_cores(wildcards.dataset)
    resources:
        **request_training(CONFIG.resources.search_minutes),
    params:
        code=lambda wildcards: code(
            "their_search.py",
            space_module(CONFIG.method(wildcards.method, wildcards.dataset).space),
        ),
        search=lambda wildcards: describe_search(
            wildcards.dataset, wildcards.method, wildcards.seed
        ),
    script:
        "../scripts/their_search.py"
