"""Describes the datasets: tables in tables/datasets/, sample images in figures/datasets/."""


rule overview:
    """Make the tables of all studied datasets and classes, and the sample images."""
    input:
        result("tables/datasets/summary.md"),
        expand(result("tables/datasets/classes-{dataset}.md"), dataset=STUDIED),
        expand(result("figures/datasets/{dataset}.png"), dataset=STUDIED),


rule dataset_table:
    """Write the numbers, sizes and channel statistics of the datasets that the studies use."""
    input:
        splits=expand(result("data/{dataset}/splits.parquet"), dataset=STUDIED),
        images=[find_images(dataset)["images"] for dataset in STUDIED],
        channels=expand(result("data/{dataset}/channels.json"), dataset=STUDIED),
    output:
        multiext(
            result("tables/datasets/summary"),
            parquet=".parquet",
            csv=".csv",
            markdown=".md",
        ),
    log:
        result("logs/tables/datasets/summary.log"),
    benchmark:
        result("benchmarks/tables/datasets/summary.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=6000,
        runtime=30,
    params:
        code=code("dataset_table.py"),
        datasets=[
            dataset.model_dump(include={"images", "label"})
            for dataset in map(CONFIG.datasets.get, STUDIED)
        ],
    script:
        "../scripts/dataset_table.py"


rule class_table:
    """Write the number of images of each class in each split."""
    input:
        splits=result("data/{dataset}/splits.parquet"),
    output:
        multiext(
            result("tables/datasets/classes-{dataset}"),
            parquet=".parquet",
            csv=".csv",
            markdown=".md",
        ),
    log:
        result("logs/tables/datasets/classes-{dataset}.log"),
    benchmark:
        result("benchmarks/tables/datasets/classes-{dataset}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code("class_table.py"),
        label=lambda wildcards: CONFIG.datasets[wildcards.dataset].label,
    script:
        "../scripts/class_table.py"


rule samples:
    """Draw a few images of every class, before and after each transform."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
    output:
        multiext(
            result("figures/datasets/{dataset}"),
            svg=".svg",
            pdf=".pdf",
            png=".png",
            csv=".csv",
        ),
    log:
        result("logs/figures/datasets/{dataset}.log"),
    benchmark:
        result("benchmarks/figures/datasets/{dataset}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=20,
    params:
        code=lambda wildcards: code("samples.py"),
        label=lambda wildcards: CONFIG.datasets[wildcards.dataset].label,
        dataset=lambda wildcards: training_settings(wildcards.dataset),
    script:
        "../scripts/samples.py"
