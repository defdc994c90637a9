"""Runs and the names they and their genotypes go by."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, order=True)
class Run:
    """One augmentation. Studies that need the same run share it."""

    dataset: str
    protocol: str
    genotype: str
    seed: int

    @property
    def path(self) -> str:
        """Where its Parquet lies, below the results folder."""
        return f"{self._place}.parquet"

    @property
    def log(self) -> str:
        """Where its log lies, below the results folder."""
        return f"logs/{self._place}.log"

    @property
    def checkpoint(self) -> str:
        """Where it saves while it trains, below the results folder."""
        return f"checkpoints/{self._place}.pt"

    @property
    def _place(self) -> str:
        return f"runs/{self.dataset}/{self.protocol}/{self.genotype}/seed-{self.seed}"


@dataclass(frozen=True)
class Member:
    """A run as a study sees it."""

    run: Run
    origin: str
    """random, searched or fixed."""
    space: str | None
    """None for a fixed network."""
    method: str | None = None
    """The method whose search or baseline the run belongs to."""

    def under(self, protocol: str) -> "Member":
        """Return the same under another protocol."""
        return replace(self, run=replace(self.run, protocol=protocol))


def random_genotype(space: str, index: int) -> str:
    """Name the random genotype `index` of a space."""
    return f"{space}/random-{index:03d}"


def searched_genotype(method: str, dataset: str, seed: int) -> str:
    """Name the genotype that a search found."""
    return f"{method}/{dataset}/seed-{seed}"


def genotype_file(genotype: str) -> str | None:
    """Return where a genotype's JSON lies below the results folder; None for a fixed network."""
    match genotype.split("/"):
        case [space, index]:
            return f"architectures/{space}/{index}.json"
        case [method, dataset, seed]:
            return f"searches/{dataset}/{method}/{seed}/genotype.json"
        case _:
            return None
