"""The searches and runs that the configured studies need: their files, and what to count."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from naseval.budget.images import count_images
from naseval.config import Config
from naseval.studies import Member, members, space_of

Kind = Literal["search", "run"]
Key = tuple[str, str, str, str]
"""Kind, dataset, recipe and network: what jobs have in common that cost the same."""


@dataclass(frozen=True)
class Job:
    """One search or run, as the study sees it that needs it. Equal are those of one output."""

    stem: str
    """Its output below the results folder without what differs between kinds of files."""
    kind: Kind = field(compare=False)
    dataset: str = field(compare=False)
    recipe: str = field(compare=False)
    """A search's method, a run's protocol."""
    network: str = field(compare=False)
    """A run's space or fixed network; empty for a search."""
    study: str = field(compare=False)
    method: str | None = field(compare=False)
    """The method whose search or baseline this is."""
    needs: str | None = field(compare=False, default=None)
    """The stem of the search whose genotype a run trains."""

    @property
    def key(self) -> Key:
        """What it shares with jobs of the same cost."""
        return self.kind, self.dataset, self.recipe, self.network

    @property
    def output(self) -> str:
        """What is there once the job is done, below the results folder."""
        return f"{self.stem}/genotype.json" if self.kind == "search" else f"{self.stem}.parquet"

    @property
    def records(self) -> str:
        """The Parquet with a row per epoch, below the results folder."""
        return f"{self.stem}/history.parquet" if self.kind == "search" else f"{self.stem}.parquet"

    @property
    def log(self) -> str:
        """Its log, below the results folder."""
        return f"logs/{self.stem}.log"

    @property
    def lock(self) -> str:
        """What it holds while it trains, below the results folder."""
        return f"checkpoints/{self.stem}.pt.lock"


def needed(config: Config) -> list[Job]:
    """Return every study's jobs, searches before the runs that need them.

    A job that several studies or methods need is there as often.
    """
    return [
        job
        for study in config.studies
        for member in members(config, study)
        for job in _jobs(config, study, member)
    ]


def once(jobs: Iterable[Job]) -> list[Job]:
    """Return each job where it is first needed."""
    return list({job: job for job in reversed(list(jobs))}.values())[::-1]


def units(config: Config, dataset: str) -> dict[str, Any]:
    """Return what the rule `work` counts: the kinds of jobs on a dataset, and its images.

    All of it is plain data, for the rule's `params`.
    """
    keys = dict.fromkeys(job.key for job in needed(config) if job.dataset == dataset)
    return {
        "images": count_images(dataset, config.datasets[dataset], config.results),
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


def counted_modules(counted: dict[str, Any]) -> list[str]:
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


def _jobs(config: Config, study: str, member: Member) -> list[Job]:
    run = member.run
    search: list[Job] = []
    if member.origin == "searched":
        method, dataset, seed = run.genotype.split("/")
        stem = f"searches/{dataset}/{method}/{seed}"
        search = [Job(stem, "search", dataset, method, "", study, member.method)]
    return [
        *search,
        Job(
            run.path.removesuffix(".parquet"),
            "run",
            run.dataset,
            run.protocol,
            space_of(config, run.genotype, run.dataset) or run.genotype,
            study,
            member.method,
            search[0].stem if search else None,
        ),
    ]
