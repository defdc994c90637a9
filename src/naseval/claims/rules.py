"""All rules by the ids of their claims."""

from naseval.claims import (
    benchmark,
    cells,
    cost,
    distribution,
    operations,
    pairs,
    protocols,
    sampling,
    splits,
)
from naseval.claims.rule import Rules

SECTIONS = (
    benchmark,
    cells,
    cost,
    distribution,
    operations,
    pairs,
    protocols,
    sampling,
    splits,
)
RULES: Rules = {id_: rule for section in SECTIONS for id_, rule in section.RULES.items()}
