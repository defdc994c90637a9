"""Measurements in addition to the paper, to diagnostics/; run only if requested by name."""


rule operation_correlation:
    """Measure the correlations of a supernet's operations, on which StacNAS's groups are based."""
    input:
        unpack(lambda wildcards: find_images(wildcards.dataset)),
    output:
        table=result("diagnostics/operation-correlation/{dataset}/seed-{seed}.parquet"),
    log:
        result("logs/diagnostics/operation-correlation/{dataset}/seed-{seed}.log"),
    benchmark:
        result("benchmarks/diagnostics/operation-correlation/{dataset}/seed-{seed}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: lambda wildcards: count_cores(wildcards.dataset)
    resources:
        **request_training(CONFIG.resources.search_minutes),
    params:
        code=code(
            "operation_correlation.py", "naseval.methods.stacnas.operation_correlation"
        ),
        search=lambda wildcards: CONFIG.search_settings(
            "stacnas", wildcards.dataset
        ).model_dump(),
        dataset=lambda wildcards: training_settings(wildcards.dataset),
        images=10_000,  # the StacNAS program
        checkpoint=result(
            "checkpoints/diagnostics/operation-correlation/{dataset}/seed-{seed}.pt"
        ),
    script:
        "../scripts/operation_correlation.py"


use rule figure as operation_correlation_figure with:
    """Draw the correlations as heat maps."""
    input:
        table=result("diagnostics/operation-correlation/{dataset}/seed-{seed}.parquet"),
    output:
        svg=result("figures/diagnostics/operation-correlation-{dataset}-{seed}.svg"),
        pdf=result("figures/diagnostics/operation-correlation-{dataset}-{seed}.pdf"),
        png=result("figures/diagnostics/operation-correlation-{dataset}-{seed}.png"),
        csv=result("figures/diagnostics/operation-correlation-{dataset}-{seed}.csv"),
        caption=result("figures/diagnostics/operation-correlation-{dataset}-{seed}.txt"),
    log:
        result("logs/figures/diagnostics/operation-correlation-{dataset}-{seed}.log"),
    benchmark:
        result(
            "benchmarks/figures/diagnostics/operation-correlation-{dataset}-{seed}.tsv"
        )
    params:
        code=code(
            "figure.py",
            "naseval.figures.operation_correlation",
            "naseval.figures.style",
        ),
        function="figures.operation_correlation:draw",
        arguments={},
        paper=None,
