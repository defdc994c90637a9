"""The section on the resolved settings of a method, and their differences between datasets."""

from collections.abc import Mapping
from typing import Any

import yaml

from naseval.agreement import flat
from naseval.analysis.tables import escaped
from naseval.cards.markdown import details
from naseval.config import Config


def resolved(config: Config, method: str, dataset: str) -> dict[str, Any]:
    """Return the space, sampler, search settings and protocol of a method for one dataset."""
    chosen = config.method(method, dataset)
    if method in config.implemented:
        search = {"search": config.search_settings(method, dataset).model_dump(mode="json")}
    elif method in config.searching:
        search = {"program": config.program(method, dataset).model_dump(mode="json")}
    else:
        search = chosen.model_dump(mode="json", include={"genotypes", "cost"})
    return {
        "space": chosen.space,
        "sampler": config.spaces[chosen.space].sampler,
        **search,
        "protocol": {
            "name": chosen.protocol,
            **config.protocol(chosen.protocol, dataset).model_dump(mode="json"),
        },
    }


def differences(config: Config, method: str, datasets: list[str]) -> dict[str, dict[str, Any]]:
    """Return, for every dataset but the first, the settings that differ from the first one's.

    The settings have dotted keys. A setting that a dataset lacks is None.
    """
    first, *others = [flat(resolved(config, method, dataset)) for dataset in datasets]
    return {
        dataset: {
            key: own.get(key)
            for key in sorted(first.keys() | own.keys())
            if own.get(key) != first.get(key)
        }
        for dataset, own in zip(datasets[1:], others, strict=True)
    }


def section(config: Config, method: str, datasets: list[str]) -> str:
    """Return as Markdown all settings for the first dataset and the differences for the others."""
    if not datasets:
        return "No study asks for this method."
    labels = config.labels["datasets"]
    parts = [_folded(f"Settings for {labels[datasets[0]]}", resolved(config, method, datasets[0]))]
    for dataset, other in differences(config, method, datasets).items():
        name = f"What differs for {labels[dataset]}"
        parts.append(
            _folded(name, other) if other else f"For {escaped(labels[dataset])}: the same."
        )
    return "\n\n".join(parts)


def _folded(summary: str, settings: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True)
    return details(summary, f"```yaml\n{text}```")
