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
    wildcard_constraints:
        method=match_any(CONFIG.implemented),
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_search_cores(wildcards.dataset, wildcards.method)
    resources:
        **request_training(CONFIG.resources.search_minutes),
    params:
        code=lambda wildcards: digest_search_code(wildcards.dataset, wildcards.method),
        searches=lambda wildcards: [
            describe_search(wildcards.dataset, wildcards.method, wildcards.seed)
        ],
    script:
        "../scripts/search.py"
