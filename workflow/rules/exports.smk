"""Exports a study as one archive, to exports/{study}.zip."""

from naseval.studies import labelled, members, unique_runs


rule export:
    """Put a study's runs, genotypes, seeds and protocols into one archive with checksums."""
    input:
        study=result("studies/reproduced/{study}.parquet"),
        runs=lambda wildcards: [
            result(run.path)
            for run in unique_runs(
                members(as_decided(wildcards.study), wildcards.study)
            )
        ],
        decisions=lambda wildcards: decisions_of(wildcards.study),
        genotypes=lambda wildcards: find_genotypes(wildcards.study),
    output:
        archive=result("exports/{study}.zip"),
    log:
        result("logs/exports/{study}.log"),
    benchmark:
        result("benchmarks/exports/{study}.tsv")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code("export.py", *map(space_module, CONFIG.spaces)),
        members=lambda wildcards: labelled(as_decided(wildcards.study), wildcards.study),
        asked=lambda wildcards: asked_by(wildcards.study),
        diverged=lambda wildcards: CONFIG.study(wildcards.study).diverged,
        configuration=CONFIG.model_dump(exclude={"results", "archives", "resources"}),
    script:
        "../scripts/export.py"
