"""Draw one random genotype."""

from naseval.randomness import stream
from naseval.script import job
from naseval.spaces import get_space

with job(snakemake) as running:
    space = get_space(snakemake.wildcards.space)
    rng = stream("architecture", space.name, int(snakemake.wildcards.index))
    space.sample(rng, snakemake.params.sampler).write(snakemake.output.genotype)
