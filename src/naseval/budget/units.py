"""What has to be counted of a dataset's searches and runs, as plain data."""

from typing import Any

from naseval.budget.images import parts
from naseval.budget.jobs import needed
from naseval.config import Config


def units(config: Config, dataset: str) -> dict[str, Any]:
    """Return the kinds of jobs on a dataset, with settings, and its images: a rule's params."""
    keys = dict.fromkeys(job.key for job in needed(config) if job.dataset == dataset)
    return {
        "images": parts(dataset, config.datasets[dataset], config.results),
        "dataset": config.datasets[dataset].training.model_dump(),
        "searches": {
            method: {
                "algorithm": config.algorithm(method),
                "settings": config.search_settings(method, dataset).model_dump(),
            }
            for kind, _, method, _ in keys
            if kind == "search"
        },
        "runs": [
            {
                "protocol": protocol,
                "settings": config.protocol(protocol, dataset).model_dump(),
                "network": network,
                "sampler": config.spaces[network].sampler if network in config.spaces else None,
            }
            for kind, _, protocol, network in keys
            if kind == "run"
        ],
    }


def modules(counted: dict[str, Any]) -> list[str]:
    """Return the modules that counting imports by computed names."""
    algorithms = {search["algorithm"] for search in counted["searches"].values()}
    networks = {(run["network"], run["sampler"] is None) for run in counted["runs"]}
    return sorted(
        {
            f"naseval.methods.{name}.{module}"
            for name in algorithms
            for module in ("search", "settings")
        }
        | {f"naseval.networks.fixed.{name}" for name, fixed in networks if fixed}
        | {
            f"naseval.spaces.{name}.{module}"
            for name, fixed in networks
            if not fixed
            for module in ("network", "space")
        }
    )
