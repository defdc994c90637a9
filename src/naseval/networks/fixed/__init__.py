"""Networks without a genotype: one module per network, named like the network.

Each module has `build(dataset, *, channels, auxiliary, drop_path)`, which returns the network.
`fixed_names` lists them.
"""

from naseval.plugins import plugin_names


def fixed_names() -> list[str]:
    """Return the names of all fixed networks."""
    return plugin_names("naseval.networks.fixed")
