"""Draws random genotypes of a space, to architectures/{space}/."""


rule random_architecture:
    """Draw a random genotype; space, sampler and index determine it."""
    input:
        need_overlays,
    output:
        genotype=result("architectures/{space}/random-{index}.json"),
    log:
        result("logs/architectures/{space}/random-{index}.log"),
    benchmark:
        result("benchmarks/architectures/{space}/random-{index}.tsv")
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=lambda wildcards: code(
            "random_architecture.py", space_module(wildcards.space)
        ),
        sampler=lambda wildcards: CONFIG.spaces[wildcards.space].sampler,
    script:
        "../scripts/random_architecture.py"
