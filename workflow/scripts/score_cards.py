"""Write the score cards from the existing results."""

from pathlib import Path

from naseval.cards.card import write_card
from naseval.cards.evidence import Evidence
from naseval.config import load_config
from naseval.script import job
from naseval.studies._stopping import judged, so_far

with job(snakemake) as running:
    config = load_config(snakemake.config)
    looks = judged(config)
    evidence = Evidence.gathered(so_far(config), config.results, snakemake.input.complexity, looks)
    for card in map(Path, snakemake.output.cards):
        write_card(evidence, card.stem, card.parent, snakemake.params.descriptions[card.stem])
