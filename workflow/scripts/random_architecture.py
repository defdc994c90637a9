"""Draw one random genotype."""

from naseval.script import job
from naseval.spaces import sample

with job(snakemake) as running:
    wildcards = snakemake.wildcards
    genotype = sample(wildcards.space, int(wildcards.index), snakemake.params.sampler)
    genotype.write(snakemake.output.genotype)
