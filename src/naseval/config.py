"""The configuration: its types, its checks, and its values for each dataset."""

import re
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Annotated, Any, Literal, Self, TypeVar, overload

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    SerializeAsAny,
    field_validator,
    model_validator,
)

from naseval.data.sources import source_names
from naseval.errors import ConfigError
from naseval.locking.lease import SLOTS
from naseval.methods import get_settings, method_names
from naseval.plugins import plugin_names
from naseval.settings.base import Positive, SearchSettings, Strict, StudySettings
from naseval.settings.dataset import Dataset
from naseval.settings.protocol import Protocol
from naseval.settings.published import Published
from naseval.settings.validation import known, merged, validated
from naseval.spaces import get_space

Layers = dict[str, dict[str, Any]]
Study = TypeVar("Study", bound=StudySettings)
NAME = r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?"
FOLDER = r"[\w./+@,=][\w./+@,= -]*"


def _folder(path: str) -> str:
    # Schedulers and Snakemake use the path on command lines and in file name patterns.
    if not re.fullmatch(FOLDER, path):
        raise ValueError("a folder is named by letters, digits, spaces and . / _ - + @ , =")
    return path


Folder = Annotated[str, AfterValidator(_folder)]


class SpaceChoice(Strict):
    """How a space is sampled."""

    sampler: str = Field(description="one of the space's samplers")


class Method(Strict):
    """A search method with its space, its protocol and its hyperparameters."""

    label: str = Field(description="the name in figures and tables")
    algorithm: str | None = Field(
        None, description="module of naseval.methods; by default the method's own key"
    )
    reconstruction: bool = Field(False, description="true if no public code exists; it is marked")
    space: str = Field(description="the search space, by its name")
    protocol: str = Field(description="the protocol of its augmentations, by its key")
    search: dict[str, Any] = Field(description="hyperparameters of the search, see below")
    overrides: Layers = Field(
        default_factory=dict,
        description="other values for `small` or `large` images or for one dataset",
    )


class Resources(Strict):
    """What jobs use; nothing here changes what they compute, save `threads` (summation order)."""

    device: str = Field(description="auto, cpu, cuda, cuda:N or mps")
    threads: Positive = Field(description="CPU threads of a search or an augmentation")
    workers: int = Field(
        ge=0,
        description="processes beside these threads, on CPUs of their own, that decode large "
        "images and apply AutoAugment",
    )
    image_cache_mb: int = Field(
        ge=0,
        description="decoded large images that the jobs of a machine share on its disk, MB for "
        "each dataset, in $TMPDIR if it is not /tmp, else in /var/tmp; 0: none",
    )
    memory_mb: Positive = Field(
        description="memory of a search or an augmentation, MB; a later attempt gets twice that"
    )
    runs_per_job: Positive = Field(
        1,
        description="augmentations that one job trains, one after the other unless "
        "`runs_at_once` says otherwise; more than 1 saves the start of a process for tiny ones",
    )
    runs_at_once: int = Field(
        1,
        ge=1,
        le=SLOTS,
        description="how many trainings share a device: a job trains so many of its "
        "`runs_per_job` at once, and then as many searches of a method, each in a process of its "
        "own with its own threads and memory; fewer where the GPU's memory does not suffice",
    )
    share: Literal["private", "group"] = Field(
        "private", description="who may read the results: only the user, or also the user's group"
    )
    search_minutes: Positive = Field(description="time limit of a search")
    run_minutes: Positive = Field(
        description="time limit of the longest augmentation; others in proportion to epochs"
    )


class Config(Strict):
    """The whole configuration."""

    results: Folder = Field(description="folder of all outputs")
    archives: Folder | None = Field(
        None, description="folder with dataset archives, searched before downloading"
    )
    scaled_down: str | None = Field(
        None,
        description="name of an overlay that is not at the paper's scale; it is printed with "
        "every claim of the paper that is judged by its runs",
    )
    datasets: dict[str, Dataset] = Field(description="datasets by key")
    spaces: dict[str, SpaceChoice] = Field(description="spaces by name")
    protocols: dict[str, dict[str, Any]] = Field(description="training protocols by key, see below")
    methods: dict[str, Method] = Field(description="methods by key")
    studies: dict[str, SerializeAsAny[StudySettings]] = Field(
        description="studies by name, see below; null leaves one out"
    )
    published: Published = Field(description="the authors' published statistics")
    resources: Resources = Field(description="computing resources")
    _resolved: dict[tuple[str, str], Protocol] = PrivateAttr(default_factory=dict)

    @field_validator("studies", mode="before")
    @classmethod
    def _typed_studies(cls, studies: Any) -> Any:
        """Give each study its own type. Drop studies that an overlay sets to null."""
        if not isinstance(studies, Mapping):
            return studies or {}
        return {
            name: _study_settings(name, fields)
            for name, fields in studies.items()
            if fields is not None
        }

    @model_validator(mode="after")
    def _cross_checked(self) -> Self:
        self._check_names()
        for name, dataset in self.datasets.items():
            known(dataset.source, source_names(), "source", f"datasets.{name}.source")
        for name in self.spaces:
            self._check_space(name)
        for name in self.protocols:
            for key in self.datasets:
                self.protocol(name, key)
        for name in self.methods:
            for key in self.datasets:
                self.search_settings(name, key)
        for name in self.studies:
            self._check_study(name)
        return self

    def protocol(self, name: str, dataset: str) -> Protocol:
        """Return a protocol for one dataset, with inheritance and overrides applied."""
        if (name, dataset) not in self._resolved:  # thousands of runs use the same few protocols
            self._resolved[name, dataset] = self._protocol(name, dataset)
        return self._resolved[name, dataset]

    def _protocol(self, name: str, dataset: str) -> Protocol:
        fields: dict[str, Any] = {}
        for layer in self._inherited(name):
            own = {key: value for key, value in layer.items() if key not in _STRUCTURE}
            fields = self._overridden(merged(fields, own), layer.get("overrides", {}), dataset)
        return validated(Protocol, fields, f"protocols.{name}", dataset)

    def method(self, name: str, dataset: str) -> Method:
        """Return a method for one dataset, with its overrides applied."""
        key = f"methods.{name}"
        method = self.methods[known(name, self.methods, "method", "methods")]
        _known_layers(method.overrides, self.datasets, key)
        fields = self._overridden(
            method.model_dump(exclude={"overrides"}), method.overrides, dataset
        )
        resolved = validated(Method, fields, key, dataset)
        known(resolved.space, self.spaces, "space", f"{key}.space")
        known(resolved.protocol, self.protocols, "protocol", f"{key}.protocol")
        known(resolved.algorithm or name, method_names(), "algorithm", f"{key}.algorithm")
        return resolved

    def algorithm(self, name: str) -> str:
        """Return the name of the module of naseval.methods that implements a method."""
        return self.methods[name].algorithm or name

    def search_settings(self, name: str, dataset: str) -> SearchSettings:
        """Return the settings of a method's search on one dataset."""
        method = self.method(name, dataset)
        settings = get_settings(method.algorithm or name)
        return validated(settings, method.search, f"methods.{name}.search", dataset)

    @overload
    def study(self, name: str) -> StudySettings: ...

    @overload
    def study(self, name: str, kind: type[Study]) -> Study: ...

    def study(self, name: str, kind: type[StudySettings] = StudySettings) -> StudySettings:
        """Return the settings of a study.

        Parameters
        ----------
        name : str
            Name of a configured study, i.e. a key of `config.studies`.
        kind : type
            Expected type of the settings, e.g. `naseval.studies.tricks.Settings`, or a common base
            class of several studies' settings.

        Raises
        ------
        TypeError
            If the settings are not of the type `kind`.

        """
        settings = self.studies[name]
        if not isinstance(settings, kind):
            raise TypeError(f"the settings of the study {name} are no {kind.__qualname__}")
        return settings

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Display names of datasets and methods. Reconstructed methods are marked."""
        return {
            "datasets": {key: dataset.label for key, dataset in self.datasets.items()},
            "methods": {
                key: f"{method.label} (reconstruction)" if method.reconstruction else method.label
                for key, method in self.methods.items()
            },
        }

    def _inherited(self, name: str) -> list[dict[str, Any]]:
        chain: list[dict[str, Any]] = []
        seen: list[str] = []
        current: str | None = name
        while current is not None:
            if current in seen:
                raise ConfigError(
                    f"config key protocols.{name} inherits from itself; correct `inherits`"
                )
            known(current, self.protocols, "protocol", f"protocols.{name}.inherits")
            layer = self.protocols[current]
            _known_layers(layer.get("overrides", {}), self.datasets, f"protocols.{current}")
            seen.append(current)
            chain.insert(0, layer)
            current = layer.get("inherits")
        return chain

    def _overridden(self, fields: dict[str, Any], layers: Layers, dataset: str) -> dict[str, Any]:
        for layer in (self.datasets[dataset].images, dataset):
            fields = merged(fields, layers.get(layer, {}))
        return fields

    def _check_names(self) -> None:
        sections: Mapping[str, Mapping[str, Any]] = {
            "datasets": self.datasets,
            "protocols": self.protocols,
            "methods": self.methods,
        }
        for section, entries in sections.items():
            for name in entries:
                if not re.fullmatch(NAME, name):
                    raise ConfigError(
                        f"config key {section}.{name}: a name is made of lower-case letters, "
                        "digits, - and _; rename it"
                    )

    def _check_space(self, name: str) -> None:
        samplers = get_space(name).samplers
        known(self.spaces[name].sampler, samplers, "sampler", f"spaces.{name}.sampler")

    def _check_study(self, name: str) -> None:
        settings = self.study(name)
        for section in ("datasets", "methods", "protocols", "spaces"):
            for entry in getattr(settings, section, []):
                known(entry, getattr(self, section), section[:-1], f"studies.{name}.{section}")


_STRUCTURE = ("inherits", "overrides")


def load_config(raw: Mapping[str, Any]) -> Config:
    """Check a configuration from YAML. Raise `ConfigError`, one sentence per error."""
    return validated(Config, {"studies": {}, **raw})


def _study_settings(name: str, fields: Any) -> StudySettings:
    known(name, plugin_names("naseval.studies"), "study", "studies")
    module = import_module(f"naseval.studies.{name}")
    settings: StudySettings = validated(module.Settings, fields, f"studies.{name}")
    return settings


def _known_layers(layers: Mapping[str, Any], datasets: Mapping[str, Any], key: str) -> None:
    for layer in layers:
        known(layer, ["small", "large", *datasets], "dataset", f"{key}.overrides")
