"""Settings that are merged from several places of the configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from naseval.settings.validation import Key, Model, dotted, merged, validated


@dataclass(frozen=True)
class Layers:
    """Mappings with the keys under which the user wrote them. Later ones take precedence."""

    key: str
    """The entry that they belong to, e.g. `protocols.cda`."""
    layers: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def over(self, other: "Layers") -> "Layers":
        """Return these layers above those of another entry."""
        return Layers(self.key, (*other.layers, *self.layers))

    def below(self, name: str) -> "Layers":
        """Return what the layers have at the key `name`."""
        inner = (
            (dotted(key, name), fields[name])
            for key, fields in self.layers
            if isinstance(fields.get(name), Mapping)
        )
        return Layers(dotted(self.key, name), tuple(inner))

    def merged(self) -> dict[str, Any]:
        """Return all layers merged, key by key."""
        fields: dict[str, Any] = {}
        for _, layer in self.layers:
            fields = merged(fields, layer)
        return fields

    def written(self, path: Key) -> str:
        """Return the key in the configuration where a path within the merged layers is set.

        A path that no layer has is in the last layer that has what is above it.
        """
        for length in range(len(path), 0, -1):
            for key, fields in reversed(self.layers):
                if _has(fields, path[:length]):
                    return dotted(key, *path)
        return dotted(self.key, *path)

    def validated(self, model: type[Model], dataset: str | None = None) -> Model:
        """Build `model` of the merged layers. Raise `ConfigError` with the key that is at fault."""
        return validated(model, self.merged(), dataset=dataset, written=self.written)


def _has(fields: Any, path: Iterable[str | int]) -> bool:
    for part in path:
        inside = isinstance(fields, Mapping) and part in fields
        if not inside and not (isinstance(fields, list | tuple) and part in range(len(fields))):
            return False
        fields = fields[part]
    return True


def plain(entry: BaseModel, *without: str) -> dict[str, Any]:
    """Return the fields of an entry that were written, as they were written."""
    return {
        name: value
        for name, value in entry.model_dump(exclude_unset=True).items()
        if name not in without
    }
