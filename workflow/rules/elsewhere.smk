"""Takes genotypes that were found elsewhere: those of a method's file, and those that papers print."""

from naseval.printed.catalogue import printed_genotype


rule found_elsewhere:
    """Take the genotype of a search that was done elsewhere from the method's file."""
    input:
        need_overlays,
    output:
        genotype=result("searches/{dataset}/{method}/seed-{seed}/genotype.json"),
    log:
        result("logs/searches/{dataset}/{method}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/searches/{dataset}/{method}/seed-{seed}.tsv")
    wildcard_constraints:
        method=match_any(set(CONFIG.methods) - set(CONFIG.searching)),
    localrule: True
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("found_elsewhere.py"),
        genotype=lambda wildcards: settings_of(
            wildcards.dataset, wildcards.method, int(wildcards.seed)
        )["genotype"],
    script:
        "../scripts/found_elsewhere.py"


use rule found_elsewhere as printed_architecture with:
    """Take a genotype that a paper prints."""
    output:
        genotype=result("architectures/{space}/printed-{cell}.json"),
    log:
        result("logs/architectures/{space}/printed-{cell}.log"),
    benchmark:
        result("benchmarks/architectures/{space}/printed-{cell}.tsv")
    params:
        genotype=lambda wildcards: printed_genotype(
            wildcards.space, wildcards.cell
        ).to_dict(),
