"""Genotypes of the DARTS space as programs print them, for tests of files of genotypes."""

from naseval.genotype import Genotype


def as_call(genotype: Genotype) -> str:
    """Return the text that a program of the DARTS family prints, in one line."""
    normal, reduce = (
        [(operation, source) for node in cell.nodes for operation, source in node]
        for cell in (genotype.normal, genotype.reduce)
    )
    return (
        f"Genotype(normal={normal!r}, normal_concat={_concat(genotype.normal.concat)}, "
        f"reduce={reduce!r}, reduce_concat={_concat(genotype.reduce.concat)})"
    )


def _concat(states: tuple[int, ...]) -> str:
    if states == tuple(range(states[0], states[-1] + 1)):
        return f"range({states[0]}, {states[-1] + 1})"
    return repr(list(states))
