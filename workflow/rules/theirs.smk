"""Runs searches by programs of users, to searches/{dataset}/{method}/seed-{seed}/."""


rule their_search:
    """Run one search of a method by its program; write the genotype and the history."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
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
    threads: lambda wildcards: count_search_cores(wildcards.dataset, wildcards.method)
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
