"""Write a genotype that was found elsewhere."""

from naseval.genotype import Genotype
from naseval.script import job

with job(snakemake) as running:
    Genotype.from_dict(snakemake.params.genotype).write(snakemake.output.genotype)
