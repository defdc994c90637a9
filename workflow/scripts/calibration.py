"""Measure the time of a few training steps on the configured device."""

from naseval.budget.calibration import Calibration
from naseval.budget.probes import device_name, probe
from naseval.script import job
from naseval.training.session import computing

with job(snakemake) as running, computing(running, snakemake.threads) as device:
    found = Calibration.of(device_name(device), device.type, probe(device))
    found.write(snakemake.output.calibration)
