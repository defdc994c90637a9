"""Scores random architectures by supernets and without training, for the study `supernet`.

Its searches are run anew, to scored/{dataset}/{method}/seed-{seed}/, so that asking for it changes
nothing of other searches.
"""

from naseval.studies.supernet import untrained_settings


rule scored_search:
    """Run one search and score random architectures by its shared weights, now and then."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
        architectures=lambda wildcards: find_scored(
            CONFIG.method(wildcards.method, wildcards.dataset).space
        ),
    output:
        genotype=result("scored/{dataset}/{method}/seed-{seed}/genotype.json"),
        history=result("scored/{dataset}/{method}/seed-{seed}/history.parquet"),
        scores=result("scored/{dataset}/{method}/seed-{seed}/scores.parquet"),
    log:
        result("logs/scored/{dataset}/{method}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/scored/{dataset}/{method}/seed-{seed}.tsv")
    wildcard_constraints:
        method=match_any(CONFIG.implemented),
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_search_cores(wildcards.dataset, wildcards.method)
    resources:
        **request_training(CONFIG.resources.search_minutes),
    params:
        code=lambda wildcards: digest_search_code(
            wildcards.dataset, wildcards.method, "scored_search.py"
        ),
        search=lambda wildcards: describe_scored_search(wildcards),
    script:
        "../scripts/scored_search.py"


rule untrained_scores:
    """Score the networks of a space's random architectures that nobody trained."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
        architectures=lambda wildcards: find_scored(wildcards.space),
    output:
        scores=result("untrained/{dataset}/{protocol}/{space}.parquet"),
    log:
        result("logs/untrained/{dataset}/{protocol}/{space}.log"),
    benchmark:
        result("benchmarks/untrained/{dataset}/{protocol}/{space}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_cores(wildcards.dataset)
    resources:
        **request_training(60),
    params:
        code=lambda wildcards: code(
            "untrained_scores.py", *network_modules(wildcards.space)
        ),
        scores=lambda wildcards: untrained_settings(
            CONFIG, wildcards.dataset, wildcards.space, wildcards.protocol
        ),
    script:
        "../scripts/untrained_scores.py"


rule supernet_scores:
    """Gather the scores of random architectures, one row per architecture and score."""
    input:
        searches=lambda _: [one["path"] for one in list_scored_searches()],
        untrained=lambda _: [one["path"] for one in list_untrained()],
    output:
        scores=result("studies/reproduced/supernet-scores.parquet"),
    log:
        result("logs/studies/reproduced/supernet-scores.log"),
    benchmark:
        result("benchmarks/studies/reproduced/supernet-scores.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("supernet_scores.py", "naseval.studies._gather_scores"),
        searches=lambda _: list_scored_searches(),
        untrained=lambda _: list_untrained(),
    script:
        "../scripts/supernet_scores.py"
