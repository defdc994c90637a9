"""Writes a score card per method, to cards/{method}.md and cards/{method}/."""

from naseval.cards import inputs
from naseval.methods import describe_method

CARDS = expand(result("cards/{method}.md"), method=CONFIG.methods)


# There are two rules for each step. The first one, for the target `all`, needs all configured
# results. The second one uses the existing results and never trains: if runs and searches were its
# inputs, Snakemake would bring them up to date, so a digest of the existing files is its param.
ruleorder: score_cards > cards


rule complexity:
    """Count the parameters and multiply-accumulates of searched and random genotypes."""
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
    """Write every method's card after all configured searches and runs."""
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
    """Write every method's card from the existing results; nothing is trained."""
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
