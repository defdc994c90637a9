"""Genotype files, believed only if a draw or a search with the given settings made them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from naseval import records, schemas
from naseval.agreement import check_settings, remake
from naseval.errors import GenotypeError
from naseval.genotype import Genotype
from naseval.spaces import get_space, sample


def read_genotype(path: str | Path, space: str | None = None) -> Genotype:
    """Read a genotype of a space; None: of the space that the file names.

    Raise `GenotypeError`, with the path, if the file is invalid or of another space.
    """
    genotype = Genotype.read(path)
    try:
        get_space(space or genotype.space).validate(genotype)
    except GenotypeError as error:
        raise GenotypeError(f"{path}: {error}; make it again by {remake(path)}") from error
    return genotype


def read_architecture(path: str | Path, settings: Mapping[str, Any]) -> Genotype:
    """Read the genotype of a run.

    `settings` has its `space`, and the `sampler` and `index` of its draw, the settings of its
    search or, if it was found elsewhere, the `genotype` itself. A random genotype must be the one
    that is drawn with them, and a searched one the result that the history beside it states. Raise
    `NasevalError`, with the path, if it is not.
    """
    made: Any
    genotype = read_genotype(path, settings["space"])
    if "sampler" in settings:
        made = sample(settings["space"], settings["index"], settings["sampler"]).to_dict()
        maker = f"the draw of the sampler {settings['sampler']}"
    elif "genotype" in settings:
        made, maker = settings["genotype"], "the configuration"
    else:
        maker = str(Path(path).with_name("history.parquet"))
        provenance = records.provenance_in(records.read(maker, schemas.HISTORY))
        check_settings(maker, provenance, settings)
        made = provenance.get("genotype")
    if genotype.to_dict() != made:
        raise GenotypeError(
            f"{path} is not the genotype of {maker}; make it again by {remake(path)}"
        )
    return genotype
