"""Time a few steps of training on the device that trains."""

from naseval.budget.calibration import Calibration
from naseval.budget.probes import device_name, probe
from naseval.script import job
from naseval.training.session import computing

with job(snakemake) as running, computing(running, snakemake.threads) as device:
    found = Calibration.of(device_name(device), device.type, probe(device))
    found.write(snakemake.output.calibration)
