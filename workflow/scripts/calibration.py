"""Measure the time of a few training steps on the configured device."""

from naseval.budget.calibration import Calibration
from naseval.budget.probes import device_name, photograph_seconds, probe
from naseval.script import job
from naseval.training.session import computing

with job(snakemake) as running, computing(running, snakemake.threads) as device:
    probes = {precision: probe(device, precision) for precision in snakemake.params.precisions}
    found = Calibration.of(device_name(device), device.type, probes, photograph_seconds())
    found.write(snakemake.output.calibration)
