"""Can the networks of searches and runs be built, and do they take the images?"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from naseval.config import Config
from naseval.errors import ConfigError
from naseval.methods._baselines.settings import ByProtocol, InSpace
from naseval.networks.fixed import check_fixed
from naseval.networks.shape import ShapeError, Skeleton
from naseval.settings.layers import Layers
from naseval.settings.protocol import Protocol
from naseval.spaces import get_space
from naseval.studies import Member, space_of

OF_DATASET = ("images", "image_size")
"""The fields of a `ShapeError` that datasets set; others are set by protocols and methods."""
OF_SEARCH = ("epochs", "precision")
"""Fields of a protocol in whose place a search that trains by one has settings of its own."""


def check(config: Config, members: Iterable[Member]) -> None:
    """Raise `ConfigError` if a method, a search or a run cannot do with its network."""
    for name in config.methods:
        for dataset in config.datasets:
            _check_method(config, name, dataset)
    runs = {
        (run.dataset, run.protocol, space_of(config, run.genotype, run.dataset), fixed)
        for run, fixed in (
            (member.run, member.run.genotype if member.origin == "fixed" else None)
            for member in members
        )
    }
    for dataset, protocol, space, fixed in sorted(runs, key=str):
        _check_run(config, dataset, protocol, space, fixed)
    searches = {
        (member.run.dataset, member.method)
        for member in members
        if member.origin == "searched" and member.method
    }
    for dataset, method in sorted(searches):
        _check_search(config, dataset, method)


def _check_method(config: Config, name: str, dataset: str) -> None:
    method, finds = config.method(name, dataset), config.search_settings(name, dataset).finds
    if finds not in (None, method.space):
        key = config.method_layers(name, dataset).written(("space",))
        raise ConfigError(
            f"config key {key} is {method.space}, and the method finds genotypes of the space "
            f"{finds}; set it to that"
        )
    _check_from_method(config, name, dataset)
    if option := _unknown_option(config.protocol(method.protocol, dataset), method.space):
        key = config.method_layers(name, dataset).written(("protocol",))
        raise ConfigError(
            f"config key {key} is {method.protocol}, which sets network.{option}, and the networks "
            f"of the space {method.space} have no such option; name another protocol"
        )


def _check_from_method(config: Config, name: str, dataset: str) -> None:
    """Refuse values of a search that contradict its method, or that nothing would use."""
    method, settings = config.method(name, dataset), config.search_settings(name, dataset)
    layers = config.method_layers(name, dataset).below("search")
    if isinstance(settings, InSpace) and settings.space != method.space:
        raise ConfigError(
            f"config key {layers.written(('space',))} is {settings.space}, and the method's space "
            f"is {method.space}; remove it, or set methods.{name}.space"
        )
    if not isinstance(settings, ByProtocol):
        return
    given = config.protocol(method.protocol, dataset)
    for field in OF_SEARCH:
        if getattr(settings.protocol, field) != getattr(given, field):
            own = field in type(settings).model_fields
            raise ConfigError(
                f"config key {layers.written(('protocol', field))} would not be used; "
                f"{f'set {layers.key}.{field} in its place' if own else 'remove it'}"
            )
    if option := _unknown_option(settings.protocol, method.space):
        raise ConfigError(
            f"config key {layers.written(('protocol', 'network', option))}: the networks of the "
            f"space {method.space} have no such option; remove it"
        )


def _unknown_option(protocol: Protocol, space: str) -> str | None:
    """Return an option that a protocol sets and a space's networks do not have, if any."""
    has = get_space(space).network_options.model_fields
    return next((option for option in protocol.network if option not in has), None)


def _check_run(
    config: Config, dataset: str, protocol: str, space: str | None, fixed: str | None
) -> None:
    images, settings = config.datasets[dataset], config.protocol(protocol, dataset)
    layers = config.protocol_layers(protocol, dataset)
    with _blaming(layers, dataset, f"{space or fixed} under {protocol}"):
        if space is None:
            check_fixed(str(fixed), images.images, images.image_size)
            return
        if option := _unknown_option(settings, space):
            raise ShapeError(
                f"network.{option}",
                f"the networks of the space {space} have no such option; train them by another "
                "protocol",
            )
        options = get_space(space).network_options(**settings.network)
        options.check(_skeleton(config, dataset, settings.channels, settings.cells))


def _check_search(config: Config, dataset: str, method: str) -> None:
    layers = config.method_layers(method, dataset).below("search")
    settings = config.search_settings(method, dataset)
    space = get_space(config.method(method, dataset).space)
    chosen = settings.protocol.network if isinstance(settings, ByProtocol) else {}
    options = space.network_options(**chosen)
    with _blaming(layers, dataset, f"the search of {method}"):
        for channels, cells in settings.network_sizes():
            options.check(_skeleton(config, dataset, channels, cells))


def _skeleton(config: Config, dataset: str, channels: int, cells: int) -> Skeleton:
    images = config.datasets[dataset]
    return Skeleton(
        images.images, images.image_size, images.classes, channels, cells, auxiliary=False
    )


@contextmanager
def _blaming(layers: Layers, dataset: str, network: str) -> Iterator[None]:
    """Name the key of a `ShapeError`: one of the dataset, or of the layers."""
    try:
        yield
    except ShapeError as error:
        key = layers.written(tuple(error.field.split(".")))
        if error.field in OF_DATASET:
            key = f"datasets.{dataset}.{error.field}"
        raise ConfigError(f"config key {key}: {error} ({network} on {dataset})") from error
