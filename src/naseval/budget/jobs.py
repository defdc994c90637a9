"""The searches and runs that the configured studies need, with their files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from naseval.budget.images import count_images
from naseval.config import Config
from naseval.studies import Member, members, space_of, supernet

Kind = Literal["search", "run"]
Key = tuple[str, str, str, str]
"""Kind, dataset, recipe and network. Jobs with the same key cost the same."""


@dataclass(frozen=True)
class Job:
    """One search or run, for the study that needs it. Jobs are equal if their outputs are equal."""

    stem: str
    """Common part of its output paths, relative to the results folder."""
    kind: Kind = field(compare=False)
    dataset: str = field(compare=False)
    recipe: str = field(compare=False)
    """The method of a search, or the protocol of a run."""
    network: str = field(compare=False)
    """The space or fixed network of a run; empty for a search."""
    study: str = field(compare=False)
    method: str | None = field(compare=False)
    """The method that this job belongs to, as a search, a run of its genotype or its baseline."""
    needs: str | None = field(compare=False, default=None)
    """The stem of the search whose genotype a run trains."""

    @property
    def key(self) -> Key:
        """The properties that jobs of the same cost share."""
        return self.kind, self.dataset, self.recipe, self.network

    @property
    def output(self) -> str:
        """The file that exists once the job is done, relative to the results folder."""
        return f"{self.stem}/genotype.json" if self.kind == "search" else f"{self.stem}.parquet"

    @property
    def records(self) -> str:
        """The Parquet file with a row per epoch, relative to the results folder."""
        return f"{self.stem}/history.parquet" if self.kind == "search" else f"{self.stem}.parquet"

    @property
    def log(self) -> str:
        """The log, relative to the results folder."""
        return f"logs/{self.stem}.log"

    @property
    def lock(self) -> str:
        """The lock that the job holds while it trains, relative to the results folder."""
        return f"checkpoints/{self.stem}.pt.lock"


def needed(config: Config) -> list[Job]:
    """Return the jobs of all studies, searches before the runs that need them.

    A job that several studies or methods need occurs several times.
    """
    return [
        job
        for study in config.studies
        for job in (
            *(_scored_searches(config) if study == supernet.NAME else ()),
            *(job for member in members(config, study) for job in _jobs(config, study, member)),
        )
    ]


def _scored_searches(config: Config) -> list[Job]:
    """Return the searches of the study `supernet`. What scoring takes besides is not counted."""
    return [
        Job(
            supernet.scored_folder(dataset, method, seed),
            "search",
            dataset,
            method,
            "",
            supernet.NAME,
            method,
        )
        for dataset, method, seed in supernet.scored_searches(config)
    ]


def once(jobs: Iterable[Job]) -> list[Job]:
    """Return each job once, at its first occurrence."""
    return list({job: job for job in reversed(list(jobs))}.values())[::-1]


def units(config: Config, dataset: str) -> dict[str, Any]:
    """Return the input of the rule `work`: the kinds of jobs on a dataset and its image numbers.

    It is plain data for the rule's `params`.
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
            if kind == "search" and method in config.implemented
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


def stated(config: Config) -> dict[Key, float | None]:
    """Return the seconds of one search by each program, as they are stated, or None."""
    costs = {
        job.key: config.method(job.recipe, job.dataset).cost
        for job in needed(config)
        if job.kind == "search" and job.recipe not in config.implemented
    }
    return {key: cost.seconds if cost else None for key, cost in costs.items()}


def precisions(config: Config) -> list[str]:
    """Return the precisions in which the needed searches and runs compute, and float32."""
    keys = dict.fromkeys(job.key for job in needed(config))
    recipes = [
        config.search_settings(recipe, dataset)
        if kind == "search"
        else config.protocol(recipe, dataset)
        for kind, dataset, recipe, _ in keys
    ]
    return sorted({"float32", *(recipe.precision for recipe in recipes)})


def counted_modules(counted: dict[str, Any]) -> list[str]:
    """Return the modules that counting imports by computed names."""
    algorithms = {search["algorithm"] for search in counted["searches"].values()}
    drawn = {search["settings"].get("space") for search in counted["searches"].values()} - {None}
    networks = {(run["network"], run["sampler"] is None) for run in counted["runs"]}
    return sorted(
        {
            f"naseval.methods.{name}.{module}"
            for name in algorithms
            for module in ("search", "settings")
        }
        | {
            f"naseval.spaces.{name}.{module}"
            for name in drawn
            for module in ("neighbourhood", "network", "space")
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
    if member.origin == "searched" and member.method in config.searching:
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
