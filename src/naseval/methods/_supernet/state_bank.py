"""The operations of all edges of a cell that read the same state."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from torch import Tensor, nn

from naseval.methods._supernet.banks import (
    FactorizedBank,
    PoolBank,
    SeparableBank,
    SeparableRound,
    is_normed_pool,
    separable_rounds,
)
from naseval.methods._supernet.node_terms import Readers, node_terms
from naseval.networks.operations import FactorizedReduce, Zero


class Occurrence(NamedTuple):
    """An operation on an edge."""

    reader: int
    """Position of the edge's node among the nodes that read the state, from 0."""
    row: int
    """The edge. With `column`, the place of the operation's weight in (edges, K)."""
    column: int
    name: str
    operation: nn.Module

    @property
    def rounds(self) -> list[SeparableRound]:
        """The rounds of a separable convolution; none of other operations."""
        return separable_rounds(self.operation)

    @property
    def place(self) -> "Place":
        """The place of the operation's weight."""
        return Place(self.reader, self.row, self.column)


class Place(NamedTuple):
    """An operation without its module."""

    reader: int
    row: int
    column: int


Group = list[Occurrence]
"""The same operation on several edges, at most one on each."""


class StateBank(nn.Module):
    """The operations of all edges that read one state. Operations `none` are left out.

    `scaled`, `common` and `single` have the places of all operations, by the way in which they get
    weights: as the scale of a batch normalisation, from a table for all readers, or one by one.
    """

    def __init__(self, occurrences: Sequence[Occurrence], readers: int) -> None:
        super().__init__()
        self.readers = readers
        separable = sorted((each for each in occurrences if each.rounds), key=_execution)
        halving = [each for each in occurrences if isinstance(each.operation, FactorizedReduce)]
        pools = _groups(each for each in occurrences if is_normed_pool(each.operation))
        skips = _groups(each for each in occurrences if isinstance(each.operation, nn.Identity))
        depth = max((len(each.rounds) for each in separable), default=0)
        rounds = [[each for each in separable if len(each.rounds) > n] for n in range(depth)]
        lasts = [[e for e in own if len(e.rounds) == n] for n, own in enumerate(rounds, 1)]

        known = {id(each) for group in (separable, halving, *pools, *skips) for each in group}
        others = [
            each
            for each in occurrences
            if id(each) not in known and not isinstance(each.operation, Zero)
        ]

        self.scaled = [
            [each.place if each in last else None for each in own]
            for own, last in zip((*rounds, halving), (*lasts, halving), strict=True)
        ]
        """For each batch normalisation, what each part is the output of; None within operations."""
        self.common = [[each.place for each in group] for group in (*pools, *skips)]
        """For each output that is the same for all edges, the operations that have it."""
        self.single = [each.place for each in others]
        """Operations that are executed one by one."""

        self.ending = [_readers(last) for last in lasts]
        self.rounds = nn.ModuleList(
            SeparableBank([each.rounds[n] for each in own]) for n, own in enumerate(rounds)
        )
        self.halved = _readers(halving)
        self.halving = FactorizedBank([each.operation for each in halving]) if halving else None
        self.pools = PoolBank([[e.operation for e in same] for same in pools]) if pools else None
        self.skips = len(skips)
        self.others = nn.ModuleList(each.operation for each in others)
        self.none = next((e.operation for e in occurrences if isinstance(e.operation, Zero)), None)

    def forward(
        self, x: Tensor, scales: Tensor, common: Tensor, single: Sequence[Tensor]
    ) -> list[Tensor]:
        """Return what a state (B, C, H, W) adds to each node that reads it, (B, C, H', W').

        `scales` (S·C,), `common` (readers, P) and `single` are the weights of the operations in
        the attributes of the same names.
        """
        *parts, last = scales.split([len(own) * x.shape[1] for own in self.scaled])
        scaled = []
        going: Sequence[Tensor] = [x]
        for index, (readers, scale) in enumerate(zip(self.ending, parts, strict=True)):
            output = self._round(index)(going, scale if readers else None)
            further = self._round(index + 1).widths if index + 1 < len(self.rounds) else []
            *going, ended = output.split([*further, len(readers) * x.shape[1]], 1)
            if readers:
                scaled.append((ended, readers))
        if self.halving:
            scaled.append((self.halving(x, last), self.halved))
        outputs = [*([self.pools(x)] if self.pools else ()), *[x] * self.skips]
        terms: list[Tensor | None] = [None] * self.readers
        if scaled or outputs:
            terms = list(node_terms(scaled, outputs, common))
        for operation, weight, each in zip(self.others, single, self.single, strict=True):
            term, before = weight * operation(x), terms[each.reader]
            terms[each.reader] = term if before is None else before + term
        return [self._zeros(x) if term is None else term for term in terms]

    def _zeros(self, x: Tensor) -> Tensor:
        assert self.none is not None
        zeros: Tensor = self.none(x)
        return zeros

    @property
    def scales(self) -> int:
        """The number S of scales."""
        return sum(map(len, self.scaled))

    def _round(self, index: int) -> SeparableBank:
        return cast(SeparableBank, self.rounds[index])


def _execution(each: Occurrence) -> tuple[Any, ...]:
    """Sort rounds: those that go on first, and equal kernels next to each other."""
    first = each.rounds[0].depthwise
    return -len(each.rounds), first.kernel_size, first.geometry


def _readers(occurrences: Iterable[Occurrence]) -> Readers:
    return tuple(each.reader for each in occurrences)


def _groups(occurrences: Iterable[Occurrence]) -> list[Group]:
    """Group equal operations. A second one on an edge begins a second group."""
    groups: dict[tuple[str, int], Group] = {}
    seen: Counter[tuple[str, int]] = Counter()
    for each in occurrences:
        seen[each.name, each.row] += 1
        groups.setdefault((each.name, seen[each.name, each.row]), []).append(each)
    return list(groups.values())
