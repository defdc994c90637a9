"""Networks that no genotype describes: one module per network, named like it.

Its `build(dataset, *, channels, auxiliary, drop_path)` returns the network.
"""

from naseval.plugins import plugin_names


def fixed_names() -> list[str]:
    """Return the names of all fixed networks."""
    return plugin_names("naseval.networks.fixed")
