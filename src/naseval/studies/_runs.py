"""Runs, and the names of runs and genotypes."""

from dataclasses import dataclass, replace

PRINTED = "printed-"
"""How the names of the genotypes that papers print begin, after their space."""


@dataclass(frozen=True, order=True)
class Run:
    """One augmentation (training from scratch). Studies that need the same run share it."""

    dataset: str
    protocol: str
    genotype: str
    seed: int

    @property
    def path(self) -> str:
        """The path of its Parquet file, relative to the results folder."""
        return f"{self._stem}.parquet"

    @property
    def log(self) -> str:
        """The path of its log, relative to the results folder."""
        return f"logs/{self._stem}.log"

    @property
    def checkpoint(self) -> str:
        """The path of its checkpoint, relative to the results folder."""
        return f"checkpoints/{self._stem}.pt"

    @property
    def _stem(self) -> str:
        return f"runs/{self.dataset}/{self.protocol}/{self.genotype}/seed-{self.seed}"


@dataclass(frozen=True)
class Member:
    """A run and its role in a study."""

    run: Run
    origin: str
    """`random`, `searched`, `printed` or `fixed`."""
    space: str | None
    """The space of the genotype; None for a fixed network."""
    method: str | None = None
    """The method whose search or random baseline the run belongs to, if any."""

    def under(self, protocol: str) -> "Member":
        """Return the same member under another protocol."""
        return replace(self, run=replace(self.run, protocol=protocol))


def random_genotype(space: str, index: int) -> str:
    """Return the name of random genotype `index` of a space."""
    return f"{space}/random-{index:03d}"


def printed_genotype_name(space: str, cell: str) -> str:
    """Return the name of a genotype that a paper prints, a key of `naseval.printed.catalogue`."""
    return f"{space}/{PRINTED}{cell}"


def printed_cell(genotype: str) -> tuple[str, str] | None:
    """Return the space and the key of a genotype that a paper prints; None for others."""
    space, _, name = genotype.partition("/")
    return (space, name.removeprefix(PRINTED)) if name.startswith(PRINTED) else None


def searched_genotype(method: str, dataset: str, seed: int) -> str:
    """Return the name of the genotype that a search found."""
    return f"{method}/{dataset}/seed-{seed}"


def genotype_file(genotype: str) -> str | None:
    """Return the path of a genotype's JSON in the results folder; None for a fixed network."""
    match genotype.split("/"):
        case [space, index]:
            return f"architectures/{space}/{index}.json"
        case [method, dataset, seed]:
            return f"searches/{dataset}/{method}/{seed}/genotype.json"
        case _:
            return None
