"""Prepares images, labels, splits and channel statistics, to data/{dataset}/."""

from pathlib import Path


rule small_images:
    """Read an archive into one array of images of equal size."""
    input:
        need_overlays,
        # The archives are verified, so their modification times do not matter.
        lambda wildcards: ancient(find_archives(wildcards.dataset)),
    output:
        images=result("data/{dataset}/images.npy"),
        labels=result("data/{dataset}/labels.parquet"),
    log:
        result("logs/data/{dataset}/images.log"),
    benchmark:
        result("benchmarks/data/{dataset}/images.tsv")
    wildcard_constraints:
        dataset=match_datasets("small"),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        code=lambda wildcards: code(
            "small_images.py", "naseval.data.store", source_module(wildcards.dataset)
        ),
        dataset=lambda wildcards: CONFIG.datasets[wildcards.dataset].model_dump(
            include={"source", "images", "image_size", "classes"}
        ),
        content=lambda wildcards: describe_content(wildcards.dataset),
        archives=lambda wildcards: result(
            f"archives/{CONFIG.datasets[wildcards.dataset].source}"
        ),
        lock=LOCK,
    script:
        "../scripts/small_images.py"


use rule small_images as large_images with:
    output:
        images=result("data/{dataset}/images.parquet"),
        labels=result("data/{dataset}/labels.parquet"),
    wildcard_constraints:
        dataset=match_datasets("large"),


rule splits:
    """Split the images of each class into train, validation and test."""
    input:
        labels=result("data/{dataset}/labels.parquet"),
    output:
        splits=result("data/{dataset}/splits.parquet"),
    log:
        result("logs/data/{dataset}/splits.log"),
    benchmark:
        result("benchmarks/data/{dataset}/splits.tsv")
    wildcard_constraints:
        dataset=match_any(set(CONFIG.datasets) - set(PUBLISHED_SPLITS)),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code("splits.py", "naseval.data.splits"),
        split=lambda wildcards: CONFIG.datasets[wildcards.dataset].split.model_dump(),
    script:
        "../scripts/splits.py"


rule published_splits:
    """Split the images by the authors' lists, and their train list into train and validation."""
    input:
        labels=result("data/{dataset}/labels.parquet"),
        lists=ancient(list_published_lists()),
    output:
        splits=result("data/{dataset}/splits.parquet"),
    log:
        result("logs/data/{dataset}/splits.log"),
    benchmark:
        result("benchmarks/data/{dataset}/splits.tsv")
    wildcard_constraints:
        dataset=match_any(PUBLISHED_SPLITS),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=lambda wildcards: code("published_splits.py", "naseval.data.splits"),
        split=lambda wildcards: CONFIG.datasets[wildcards.dataset].split.model_dump(),
        source=lambda wildcards: CONFIG.datasets[wildcards.dataset].source,
        lists=lambda wildcards, input: str(Path(input.lists[0]).parent.parent),
    script:
        "../scripts/published_splits.py"


rule channels:
    """Compute the mean and standard deviation of each colour channel."""
    input:
        images=lambda wildcards: find_images(wildcards.dataset)["images"],
        splits=result("data/{dataset}/splits.parquet"),
    output:
        channels=result("data/{dataset}/channels.json"),
    log:
        result("logs/data/{dataset}/channels.log"),
    benchmark:
        result("benchmarks/data/{dataset}/channels.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        code=lambda wildcards: code("channels.py", "naseval.data.channels"),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        channels=lambda wildcards: CONFIG.datasets[wildcards.dataset].model_dump()[
            "channels"
        ],
    script:
        "../scripts/channels.py"
