"""Networks that no genotype describes: one module per network, named like it, with `build`."""

from naseval.discovery import module_names


def fixed_names() -> list[str]:
    """Return the names of all fixed networks."""
    return module_names(__name__)
