"""Do the datasets agree with what is known of their sources before anything is downloaded?"""

from naseval.config import Config
from naseval.data.facts import Facts, get_facts
from naseval.errors import ConfigError
from naseval.settings.dataset import Dataset, Split

PARTS = ("train", "validation", "test")


def check(config: Config) -> None:
    """Raise `ConfigError` if a dataset asks for what its source does not have."""
    for name, dataset in config.datasets.items():
        if dataset.path:  # nothing else is known of a user's own images
            _check_parts(name, dataset.split)
        else:
            facts = get_facts(dataset.source)
            _check_images(name, dataset, facts)
            _check_split(name, dataset, facts)


def _check_parts(name: str, split: Split) -> None:
    for part in PARTS:
        if getattr(split, part) == 0:
            raise ConfigError(
                f"config key datasets.{name}.split.{part} is 0, and every part needs images; "
                "raise it"
            )


def _check_images(name: str, dataset: Dataset, facts: Facts) -> None:
    for field, has in (
        ("classes", facts.classes),
        ("images", facts.kind),
    ):
        given = getattr(dataset, field)
        if has is not None and given != has:
            raise ConfigError(
                f"config key datasets.{name}.{field} is {given}, and the source {dataset.source} "
                f"has {has}; set it to {has}"
            )
    if facts.image_size is not None and dataset.image_size > facts.image_size:
        raise ConfigError(
            f"config key datasets.{name}.image_size is {dataset.image_size}, and the source "
            f"{dataset.source} has {facts.image_size}; set it to {facts.image_size} or less"
        )


def _check_split(name: str, dataset: Dataset, facts: Facts) -> None:
    key, split = f"config key datasets.{name}.split", dataset.split
    if split.test == "archive" and facts.test_images is None:
        raise ConfigError(
            f"{key}.test is archive, and the source {dataset.source} has no test images of its "
            "own that its facts state; give it a share, or state test_images there"
        )
    if split.test == "published" and not facts.lists:
        raise ConfigError(
            f"{key}.test is published, and no lists of images are published for the source "
            f"{dataset.source}; give it a share, or archive"
        )
    for part in PARTS:
        share = getattr(split, part)
        if not isinstance(share, str) and share * max(facts.images) < 1:
            raise ConfigError(
                f"{key}.{part} is {share}, less than one of {max(facts.images)} images; raise it"
            )
