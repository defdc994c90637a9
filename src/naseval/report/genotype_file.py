"""What a file of genotypes holds: the spaces of each, its size and its drawing."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from naseval.config import Config
from naseval.errors import NasevalError
from naseval.figures.genotype import draw
from naseval.figures.style import save
from naseval.printed.reading import Found, read_held
from naseval.settings.validation import known


def described(
    config: Config,
    file: Path,
    space: str | None,
    dataset: str | None,
    protocol: str | None,
    folder: Path,
) -> Iterator[str]:
    """Draw the genotypes of a file into `folder`, and yield a line about each and every space.

    Sizes are those of the network for a configured dataset, by default the first one, under a
    protocol, by default that of the first method of the space; without torch they are not counted.
    Raise `NasevalError` if a genotype is of no space, or of another than `space`, or if there is no
    such dataset or protocol.
    """
    where = known(dataset or next(iter(config.datasets)), config.datasets, "dataset", "--dataset")
    if protocol is not None:
        known(protocol, config.protocols, "protocol", "--protocol")
    _check_writable(folder)
    number = 0
    for held in read_held(file, space):
        first = next(iter(held.values()))[0]
        yield f"{first.where}: of the space{'s' * (len(held) > 1)} {', '.join(held)}"
        for name, those in held.items():
            for one in those:
                yield f"  {_sized(config, one, where, protocol or _protocol(config, name, where))}"
        for one in next(iter(held.values())):
            number += 1
            stem = folder / f"{file.stem}-{number}"
            drawing = draw(one.genotype, f"{file.name}, line {one.line}")
            save(drawing.figure, drawing.data, stem)
            yield f"  drawn: {stem}.svg"


def _check_writable(folder: Path) -> None:
    """Make the folder if need be. Raise `NasevalError` if nothing can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NasevalError(
            f"{folder} cannot be made a folder ({error.strerror}); name another by --out"
        ) from error
    if not os.access(folder, os.W_OK):
        raise NasevalError(f"nothing can be written into {folder}; name another folder by --out")


def _protocol(config: Config, space: str, dataset: str) -> str:
    for name in config.methods:
        method = config.method(name, dataset)
        if method.space == space:
            return method.protocol
    raise NasevalError(f"no configured method has the space {space}; give --protocol")


def _sized(config: Config, one: Found, dataset: str, protocol: str) -> str:
    if find_spec("torch") is None:
        return f"as {one.genotype.space}: to count it needs torch, which `make install` brings"
    from naseval.training.networks import size  # it needs torch; drawings do not

    settings = config.protocol(protocol, dataset)
    counted = size(one.genotype, config.datasets[dataset].training, settings)
    return (
        f"as {one.genotype.space}: {counted.parameters:,} parameters and {counted.macs:,} "
        f"multiply-accumulates ({dataset} under {protocol}: {settings.channels} channels, "
        f"{settings.cells} cells, no auxiliary tower)"
    )
