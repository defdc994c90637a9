"""Archives -> images, labels -> splits -> channel statistics, below data/{dataset}/."""


def datasets_of(images):
    return any_of(name for name, dataset in CONFIG.datasets.items() if dataset.images == images)


rule small_images:
    """Read an archive into one array of equally large images."""
    output:
        images=result("data/{dataset}/images.npy"),
        labels=result("data/{dataset}/labels.parquet"),
    log:
        result("logs/data/{dataset}/images.log"),
    benchmark:
        result("benchmarks/data/{dataset}/images.tsv")
    wildcard_constraints:
        dataset=datasets_of("small"),
    params:
        code=lambda wildcards: code(
            "images.py",
            "naseval.data.store",
            f"naseval.data.sources.{CONFIG.datasets[wildcards.dataset].source}",
        ),
        dataset=lambda wildcards: CONFIG.datasets[wildcards.dataset].model_dump(
            include={"source", "images", "image_size"}
        ),
        archives=CONFIG.archives,
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    conda:
        "../../envs/train.yaml"
    script:
        "../scripts/images.py"


use rule small_images as large_images with:
    output:
        images=result("data/{dataset}/images.parquet"),
        labels=result("data/{dataset}/labels.parquet"),
    wildcard_constraints:
        dataset=datasets_of("large"),


rule splits:
    """Divide the images into train, validation and test, class by class."""
    input:
        labels=result("data/{dataset}/labels.parquet"),
    output:
        splits=result("data/{dataset}/splits.parquet"),
    log:
        result("logs/data/{dataset}/splits.log"),
    benchmark:
        result("benchmarks/data/{dataset}/splits.tsv")
    params:
        code=lambda wildcards: code("splits.py", "naseval.data.splits"),
        split=lambda wildcards: CONFIG.datasets[wildcards.dataset].split.model_dump(),
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    conda:
        "../../envs/train.yaml"
    script:
        "../scripts/splits.py"


rule channels:
    """Mean and standard deviation of each colour channel."""
    input:
        images=lambda wildcards: training_data(wildcards.dataset)["images"],
        splits=result("data/{dataset}/splits.parquet"),
    output:
        channels=result("data/{dataset}/channels.json"),
    log:
        result("logs/data/{dataset}/channels.log"),
    benchmark:
        result("benchmarks/data/{dataset}/channels.tsv")
    params:
        code=lambda wildcards: code("channels.py", "naseval.data.channels"),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        channels=lambda wildcards: CONFIG.datasets[wildcards.dataset].model_dump()["channels"],
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    conda:
        "../../envs/train.yaml"
    script:
        "../scripts/channels.py"
