"""Claims on how random architectures are drawn (section 3.1)."""

from naseval.claims.rule import Rule, Rules
from naseval.claims.tables import Readings, Tables, some


def operations(tables: Tables) -> Readings:
    """Count the operations that occur in random genotypes of the DARTS space."""
    return {"operations": int(some(tables["genotypes"], space="darts")["operation"].nunique())}


RULES: Rules = {"proto.ops_uniform": Rule(("genotypes",), operations)}
