"""Writes a score card per method, to cards/{method}.md, cards/{method}.html and cards/{method}/."""

from naseval.cards import inputs
from naseval.studies import asked
from naseval.studies._stopping import so_far

CARDS = expand(result("cards/{method}.md"), method=inputs.methods(CONFIG))


# There are two rules for each step. The first one, for the target `all`, needs all configured
# results. The second one uses the existing results and never trains: if runs and searches were its
# inputs, Snakemake would bring them up to date, so a digest of the existing files is its param. It
# waits only for studies whose targets stand in the same command.
ruleorder: score_cards > cards


rule complexity:
    """Count the parameters and multiply-accumulates of searched and random genotypes."""
    input:
        genotypes=lambda wildcards: [
            result(file)
            for file in inputs.genotype_files(as_decided(), wildcards.dataset)
        ],
        decisions=decisions_of(),
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
        protocols=lambda wildcards: inputs.complexity_settings(
            CONFIG, wildcards.dataset
        )["protocols"],
        dataset=lambda wildcards: inputs.complexity_settings(
            CONFIG, wildcards.dataset
        )["dataset"],
        genotypes=lambda wildcards: [
            (one.method, one.name, one.origin, result(one.file))
            for one in inputs.genotypes(so_far(CONFIG), dataset=wildcards.dataset)
        ],
    script:
        "../scripts/complexity.py"


use rule complexity as complexity_so_far with:
    input:
        find_asked_studies,
    output:
        table=result("complexity/so-far/{dataset}.parquet"),
    log:
        result("logs/complexity/so-far/{dataset}.log"),
    benchmark:
        result("benchmarks/complexity/so-far/{dataset}.tsv")
    params:
        state=lambda wildcards: inputs.state(
            CONFIG.results, inputs.genotype_files(so_far(CONFIG), wildcards.dataset)
        ),


rule score_cards:
    """Write every method's card after all configured searches and runs."""
    input:
        runs=lambda wildcards: [result(path) for path in inputs.run_files(as_decided())],
        searches=lambda wildcards: [
            result(path) for path in inputs.search_files(as_decided())
        ],
        decisions=decisions_of(),
        complexity=lambda wildcards: [
            result(f"complexity/{dataset}.parquet")
            for dataset in inputs.datasets(CONFIG)
        ],
    output:
        cards=CARDS,
        pages=[f"{card.removesuffix('.md')}.html" for card in CARDS],
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
        descriptions={method: describe_searching(method) for method in CONFIG.methods},
        elsewhere=asked(
            CONFIG,
            [],
            [
                (one.dataset, one.method)
                for one in inputs.genotypes(CONFIG)
                if one.method not in CONFIG.searching
            ],
        )["searches"],
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
    """Write every method's card from the existing results; nothing is trained for it.

    Studies that the same command asks for are finished before.
    """
    input:
        find_asked_studies,
        complexity=find_complexity_so_far,
    log:
        result("logs/cards-so-far.log"),
    benchmark:
        result("benchmarks/cards-so-far.tsv")
    localrule: True
    params:
        state=lambda wildcards: inputs.state(
            CONFIG.results,
            inputs.run_files(so_far(CONFIG))
            + inputs.search_files(so_far(CONFIG))
            + inputs.look_files(CONFIG),
        ),
