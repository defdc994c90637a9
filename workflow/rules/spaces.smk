"""Writes a page per space, to spaces/{space}.md, for the target `reproduced_spaces`."""

from naseval.studies import genotype_file


rule space_page:
    """Describe the accuracies and sizes of a space's random architectures."""
    input:
        runs=lambda wildcards: [
            result(row["path"]) for row in rows_of_space(wildcards.space)
        ],
        genotypes=lambda wildcards: sorted(
            {
                result(genotype_file(row["genotype"]))
                for row in rows_of_space(wildcards.space)
            }
        ),
    output:
        page=result("spaces/{space}.md"),
    log:
        result("logs/spaces/{space}.log"),
    benchmark:
        result("benchmarks/spaces/{space}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=lambda wildcards: code(
            "space_page.py",
            *network_modules(wildcards.space),
        ),
        members=lambda wildcards: rows_of_space(wildcards.space),
        asked=lambda _: asked_by("spaces"),
        diverged=(
            CONFIG.studies["spaces"].diverged if "spaces" in CONFIG.studies else "stop"
        ),
        datasets=lambda wildcards: {
            row["dataset"]: training_settings(row["dataset"])
            for row in rows_of_space(wildcards.space)
        },
        protocols=lambda wildcards: {
            row["dataset"]: CONFIG.protocol(
                row["protocol"], row["dataset"]
            ).model_dump()
            for row in rows_of_space(wildcards.space)
        },
        labels=CONFIG.labels["datasets"],
    script:
        "../scripts/space_page.py"
