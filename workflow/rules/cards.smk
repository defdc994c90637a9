"""Runs, searches, genotypes -> a card per method, cards/{method}.md with its pictures."""

from naseval.cards import inputs
from naseval.methods import describe_method

CARDS = expand(result("cards/{method}.md"), method=CONFIG.methods)


# Each pair of rules does the same. The first waits for all that is configured and is for `all`.
# The second takes what there is and never trains: its inputs are not the runs and searches
# themselves, which Snakemake would bring up to date, but a digest of which of them there are.
ruleorder: score_cards > cards


rule complexity:
    """Count parameters and multiply-accumulates of found and of random genotypes."""
    input:
        genotypes=lambda wildcards: [
            result(file) for file in inputs.genotype_files(CONFIG, wildcards.dataset)
        ],
    output:
        table=result("complexity/{dataset}.parquet"),
    log:
        result("logs/complexity/{dataset}.log"),
    benchmark:
        result("benchmarks/complexity/{dataset}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=lambda wildcards: code(
            "complexity.py",
            *(
                module
                for method in CONFIG.methods
                for module in network_modules(
                    CONFIG.method(method, wildcards.dataset).space
                )
            ),
        ),
        protocols=lambda wildcards: {
            method: CONFIG.protocol(
                CONFIG.method(method, wildcards.dataset).protocol, wildcards.dataset
            ).model_dump()
            for method in CONFIG.methods
        },
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        genotypes=lambda wildcards: [
            (one.method, one.name, one.origin, result(one.file))
            for one in inputs.genotypes(CONFIG, dataset=wildcards.dataset)
        ],
    script:
        "../scripts/complexity.py"


use rule complexity as complexity_so_far with:
    input:
        [],
    output:
        table=result("complexity/so-far/{dataset}.parquet"),
    log:
        result("logs/complexity/so-far/{dataset}.log"),
    benchmark:
        result("benchmarks/complexity/so-far/{dataset}.tsv")
    params:
        state=lambda wildcards: inputs.state(
            CONFIG.results, inputs.genotype_files(CONFIG, wildcards.dataset)
        ),


rule score_cards:
    """Write every method's card, once all that is configured has been run."""
    input:
        runs=lambda wildcards: [result(path) for path in inputs.run_files(CONFIG)],
        searches=lambda wildcards: [
            result(path) for path in inputs.search_files(CONFIG)
        ],
        complexity=lambda wildcards: [
            result(f"complexity/{dataset}.parquet")
            for dataset in inputs.datasets(CONFIG)
        ],
    output:
        cards=CARDS,
        pictures=[directory(card.removesuffix(".md")) for card in CARDS],
    log:
        result("logs/cards.log"),
    benchmark:
        result("benchmarks/cards.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        code=code(
            "score_cards.py",
            *configured_modules(),
            *map(space_module, CONFIG.spaces),
        ),
        descriptions={
            method: describe_method(CONFIG.algorithm(method))
            for method in CONFIG.methods
        },
        settings=CONFIG.model_dump(
            include={
                "scaled_down",
                "datasets",
                "spaces",
                "protocols",
                "methods",
                "studies",
            }
        ),
    script:
        "../scripts/score_cards.py"


use rule score_cards as cards with:
    """Write every method's card from what has been run so far; nothing is trained."""
    input:
        complexity=lambda wildcards: [
            result(f"complexity/so-far/{dataset}.parquet")
            for dataset in inputs.datasets_so_far(CONFIG)
        ],
    log:
        result("logs/cards-so-far.log"),
    benchmark:
        result("benchmarks/cards-so-far.tsv")
    localrule: True
    params:
        state=lambda wildcards: inputs.state(
            CONFIG.results, inputs.run_files(CONFIG) + inputs.search_files(CONFIG)
        ),
