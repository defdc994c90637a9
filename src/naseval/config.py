"""The configuration: its types, its checks, and its values for each dataset."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Self, TypeVar, overload

from pydantic import (
    BaseModel,
    Field,
    PrivateAttr,
    SerializeAsAny,
    create_model,
    field_validator,
    model_validator,
)

from naseval.data.sources import source_names
from naseval.errors import ConfigError
from naseval.files import reading
from naseval.methods import get_settings, method_names
from naseval.plugins import plugin_names
from naseval.printed.reading import Found, read_genotypes
from naseval.settings.base import (
    SearchSettings,
    Strict,
    StudySettings,
)
from naseval.settings.dataset import Dataset
from naseval.settings.entries import Folder, Method, Overrides, ProtocolEntry, SpaceChoice
from naseval.settings.layers import Layers, plain
from naseval.settings.program import Program, digests_of
from naseval.settings.protocol import Protocol
from naseval.settings.published import Published
from naseval.settings.recorded import Recorded
from naseval.settings.resources import Resources
from naseval.settings.validation import dotted, known, validated
from naseval.spaces import get_space, space_names

Study = TypeVar("Study", bound=StudySettings)
NAME = r"[a-z0-9]([a-z0-9_-]{0,78}[a-z0-9])?"
SIZES = ("small", "large")
"""The sizes of images, for which entries may have overrides."""
WAYS = ("search", "genotypes", "command")
"""The keys of which a method has one: how it comes to its genotypes."""


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
    protocols: dict[str, ProtocolEntry] = Field(description="training protocols by key, see below")
    methods: dict[str, Method] = Field(description="methods by key")
    studies: dict[str, SerializeAsAny[StudySettings]] = Field(
        description="studies by name, see below; null leaves one out"
    )
    published: Published = Field(description="the authors' published statistics")
    recorded: Recorded | None = Field(
        None, description="tables of trainings that others did; docs/recorded.md"
    )
    resources: Resources = Field(description="computing resources")
    _resolved: dict[tuple[str, str], Protocol] = PrivateAttr(default_factory=dict)
    _methods: dict[tuple[str, str], Method] = PrivateAttr(default_factory=dict)
    _searches: dict[tuple[str, str], SearchSettings] = PrivateAttr(default_factory=dict)
    _genotypes: dict[tuple[str, str], list[Found]] = PrivateAttr(default_factory=dict)
    _programs: dict[tuple[str, str], Program] = PrivateAttr(default_factory=dict)

    @field_validator("studies", mode="before")
    @classmethod
    def _typed_studies(cls, studies: Any) -> Any:
        """Give each study its own type. Drop studies that an overlay sets to null."""
        if studies is None:
            return {}
        if not isinstance(studies, Mapping) or not all(isinstance(name, str) for name in studies):
            return studies
        return {
            name: fields if isinstance(fields, StudySettings) else _study_settings(name, fields)
            for name, fields in studies.items()
            if fields is not None
        }

    @model_validator(mode="after")
    def _cross_checked(self) -> Self:
        self._check_names()
        self._check_overrides()
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
            layers = self.protocol_layers(name, dataset)
            protocol = layers.validated(Protocol, dataset)
            model = network_options(tuple(self.spaces))
            options = layers.below("network").validated(model, dataset)
            given = options.model_dump(exclude_unset=True)
            resolved = protocol.model_copy(update={"network": given})
            self._resolved[name, dataset] = resolved
        return self._resolved[name, dataset]

    def protocol_layers(self, name: str, dataset: str) -> Layers:
        """Return what is written of a protocol for one dataset, inherited values first."""
        found = Layers(f"protocols.{name}")
        for each in self._inherited(name):
            entry = self.protocols[each]
            fields = plain(entry, "inherits", "overrides")
            found = self._layers(f"protocols.{each}", fields, entry.overrides, dataset).over(found)
        return found

    def method(self, name: str, dataset: str) -> Method:
        """Return a method for one dataset, with its overrides applied."""
        if (name, dataset) not in self._methods:
            self._methods[name, dataset] = self._method(name, dataset)
        return self._methods[name, dataset]

    def _method(self, name: str, dataset: str) -> Method:
        layers = self.method_layers(name, dataset)
        resolved = layers.validated(Method, dataset)
        for field, names in (
            ("space", self.spaces),
            ("protocol", self.protocols),
            ("algorithm", method_names()),
        ):
            named = getattr(resolved, field)
            if named is None and resolved.search is None:
                continue
            if named is None:  # only an algorithm may be left out
                known(name, names, field, layers.key)
            else:
                known(named, names, field, layers.written((field,)))
        return resolved

    def method_layers(self, name: str, dataset: str) -> Layers:
        """Return what is written of a method for one dataset."""
        method = self.methods[known(name, self.methods, "method", "methods")]
        return self._layers(
            f"methods.{name}", plain(method, "overrides"), method.overrides, dataset
        )

    def algorithm(self, name: str) -> str:
        """Return the name of the module of naseval.methods that implements a method."""
        return self.methods[name].algorithm or name

    @cached_property
    def searching(self) -> list[str]:
        """The methods that search here; the genotypes of the others were found elsewhere."""
        return [name for name, method in self.methods.items() if method.genotypes is None]

    @cached_property
    def implemented(self) -> list[str]:
        """The methods that search by modules of `naseval.methods`, not by programs of users."""
        return [name for name in self.searching if self.methods[name].command is None]

    def program(self, name: str, dataset: str) -> Program:
        """Return the program of a method that searches by one, with the digests of its files.

        Raise `ConfigError` if a file or the environment is not there.
        """
        if (name, dataset) not in self._programs:
            self._programs[name, dataset] = self._program(name, dataset)
        return self._programs[name, dataset]

    def _program(self, name: str, dataset: str) -> Program:
        method = self.method(name, dataset)
        layers = self.method_layers(name, dataset)
        if method.environment:
            place = f"config key {layers.written(('environment',))}: {method.environment}"
            mend = "name the folder of an environment"
            with reading(place, mend, ConfigError):
                has_programs = Path(method.environment, "bin").is_dir()
            if not has_programs:
                raise ConfigError(f"{place} has no folder bin; {mend}")
        try:
            digests = digests_of(method.files)
        except OSError as error:
            raise ConfigError(
                f"config key {layers.written(('files',))}: {error.filename} could not be read "
                f"({error.strerror}); name files and folders"
            ) from error
        return Program(command=method.command or [], environment=method.environment, files=digests)

    def genotypes(self, name: str, dataset: str) -> list[Found]:
        """Return the genotypes of a method that searched elsewhere, by the seed of the search.

        Raise `NasevalError`, with file and line, if one of them is wrong.
        """
        if (name, dataset) not in self._genotypes:
            method = self.method(name, dataset)
            found = read_genotypes(str(method.genotypes), method.space)
            self._genotypes[name, dataset] = found
        return self._genotypes[name, dataset]

    def search_settings(self, name: str, dataset: str) -> SearchSettings:
        """Return the settings of a method's search on one dataset.

        A method that searched elsewhere, or by a program, has only those that every search has.
        """
        if name not in self.implemented:
            return SearchSettings()
        if (name, dataset) not in self._searches:
            method = self.method(name, dataset)
            settings = get_settings(method.algorithm or name)
            layers = self.method_layers(name, dataset).below("search")
            if settings.from_method:
                sampler, protocol = self.spaces[method.space].sampler, method.protocol
                filled_in = settings.filled_in(
                    method.space, sampler, self.protocol(protocol, dataset)
                )
                layers = layers.over(Layers(layers.key, ((layers.key, filled_in),)))
            self._searches[name, dataset] = layers.validated(settings, dataset)
        return self._searches[name, dataset]

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

    @property
    def margins(self) -> dict[str, float]:
        """The margin of equivalence of each dataset, in points of accuracy."""
        return {key: dataset.margin for key, dataset in self.datasets.items()}

    @property
    def stated_costs(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The fields of `Cost` that are stated of methods that searched elsewhere.

        They are by dataset and method; datasets of which nothing is stated are not in it.
        """
        elsewhere = [name for name in self.methods if name not in self.searching]
        found = {
            dataset: {
                name: cost.model_dump()
                for name in elsewhere
                if (cost := self.method(name, dataset).cost)
            }
            for dataset in self.datasets
        }
        return {dataset: costs for dataset, costs in found.items() if costs}

    @property
    def inherits(self) -> dict[str, str]:
        """The protocol that each protocol inherits from, if it does."""
        return {
            name: entry.inherits
            for name, entry in self.protocols.items()
            if entry.inherits is not None
        }

    def _inherited(self, name: str) -> list[str]:
        """Return the protocols whose values a protocol has, its own last."""
        chain = [name]
        while (above := self.protocols[chain[0]].inherits) is not None:
            key = f"protocols.{chain[0]}.inherits"
            if known(above, self.protocols, "protocol", key) in chain:
                raise ConfigError(
                    f"config key {key}: protocols.{above} inherits from itself; name another one"
                )
            chain.insert(0, above)
        return chain

    def _layers(
        self, key: str, fields: Mapping[str, Any], overrides: Overrides, dataset: str
    ) -> Layers:
        above = (
            (f"{key}.overrides.{layer}", overrides[layer])
            for layer in (self.datasets[dataset].images, dataset)
            if layer in overrides
        )
        return Layers(key, ((key, fields), *above))

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
                        f"config key {dotted(section, name)}: a name is made of up to 80 "
                        "lower-case letters, digits, - and _; rename it"
                    )
            _check_alike(section, entries)
        for name in set(SIZES) & set(self.datasets):
            raise ConfigError(
                f"config key datasets.{name}: overrides mean images of that size by {name}; "
                "rename it"
            )
        _check_labels("datasets", self.labels["datasets"])
        _check_labels("methods", self.labels["methods"])

    def _check_overrides(self) -> None:
        """Raise `ConfigError` if overrides are for no images, or make another method of one."""
        entries: dict[str, ProtocolEntry | Method] = {
            **{f"protocols.{name}": entry for name, entry in self.protocols.items()},
            **{f"methods.{name}": entry for name, entry in self.methods.items()},
        }
        for key, entry in entries.items():
            for layer in entry.overrides:
                known(layer, [*SIZES, *self.datasets], "dataset", dotted(key, "overrides", layer))
        for name, method in self.methods.items():
            _check_same(name, method)

    def _check_space(self, name: str) -> None:
        samplers = get_space(known(name, space_names(), "space", dotted("spaces", name))).samplers
        known(self.spaces[name].sampler, samplers, "sampler", f"spaces.{name}.sampler")

    def _check_study(self, name: str) -> None:
        settings = self.study(name)
        for section in ("datasets", "methods", "protocols", "spaces"):
            for entry in getattr(settings, section, []):
                known(entry, getattr(self, section), section[:-1], f"studies.{name}.{section}")


def load_config(raw: Mapping[str, Any]) -> Config:
    """Check a configuration from YAML. Raise `ConfigError`, one sentence, if there is a fault.

    It checks types and names. `naseval.checks` also checks what jobs could not do with them.
    """
    return validated(Config, {"studies": {}, **raw})


def _study_settings(name: str, fields: Any) -> StudySettings:
    known(name, plugin_names("naseval.studies"), "study", "studies")
    module = import_module(f"naseval.studies.{name}")
    settings: StudySettings = validated(module.Settings, fields, f"studies.{name}")
    return settings


def _check_same(name: str, method: Method) -> None:
    """Raise `ConfigError` if overrides make another method of one."""
    entry = plain(method, "overrides")
    same = _traits(name, entry)
    for layer, fields in method.overrides.items():
        own = _traits(name, {**entry, **fields})
        for field in same:
            if own[field] != same[field]:
                raise ConfigError(
                    f"config key {dotted('methods', name, 'overrides', layer, field)}: overrides "
                    "cannot change algorithm, label or reconstruction, nor which of search, "
                    "genotypes and command a method has; make it a method entry of its own"
                )


def _traits(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a method has in common on all datasets, of the fields of its entry."""
    return {
        **{field: fields.get(field) is None for field in WAYS},
        "algorithm": fields.get("algorithm") or name,
        "label": fields["label"],
        "reconstruction": fields.get("reconstruction", False),
    }


@cache
def network_options(spaces: tuple[str, ...]) -> type[BaseModel]:
    """Return a model with the options of all these spaces' networks."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for space in spaces
        for name, field in get_space(space).network_options.model_fields.items()
    }
    model: type[BaseModel] = create_model("NetworkOptions", __base__=Strict, **fields)
    return model


def _check_alike(section: str, names: Iterable[str]) -> None:
    """Raise `ConfigError` if names differ only in - and _, which rules do not tell apart."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.replace("-", "_"), name)
        if other != name:
            raise ConfigError(
                f"config key {section}.{name} differs from {section}.{other} only in - and _; "
                "rename one"
            )


def _check_labels(section: str, labels: Mapping[str, str]) -> None:
    """Raise `ConfigError` if two entries look the same in figures and tables."""
    counts = Counter(labels.values())
    for name, label in labels.items():
        if counts[label] > 1:
            others = [other for other in labels if labels[other] == label and other != name]
            raise ConfigError(
                f"config key {section}.{name}.label is {label!r}, like that of "
                f"{section}.{others[0]}; change one"
            )
