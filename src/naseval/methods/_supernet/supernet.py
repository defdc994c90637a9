"""The search network of the DARTS family, plain and banked."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn

from naseval.genotype import Cell, Genotype
from naseval.methods._supernet.banked_cell import BankedCell, Mixing
from naseval.methods._supernet.cells import EdgeOperations, SearchCell
from naseval.networks.cells import CellSpec, Preprocess
from naseval.networks.operations import OPERATIONS, OperationTable
from naseval.networks.shape import doubled, last_side, reductions
from naseval.networks.skeleton import build_cells, global_average
from naseval.networks.stems import Stem, build_stem


class Supernet(nn.Module):
    """The search network of the DARTS family.

    `operations` gives, for `normal` and `reduce`, the operation names on each edge (14 edges for 4
    nodes) in node order: edges 0 and 1 lead to the first node, edges 2 to 4 to the second, and so
    on. A name may occur twice on an edge; each occurrence has its own weights. All edges have the
    same number K of operations. `table` maps the names to operations, `stem` builds the stem and
    `cell` a cell. In the cells, batch normalisation has no learnt scale.
    """

    def __init__(
        self,
        operations: Mapping[str, EdgeOperations],
        *,
        images: str,
        classes: int,
        channels: int,
        cells: int,
        table: OperationTable = OPERATIONS,
        stem: Callable[[str, int], Stem] = build_stem,
        cell: Callable[..., SearchCell] = SearchCell,
    ) -> None:
        super().__init__()
        self.operations = operations
        self.stem = stem(images, channels)
        self.reductions = reductions(cells)

        def build(spec: CellSpec) -> SearchCell:
            return cell(
                operations["reduce" if spec.reduction else "normal"],
                spec.channels,
                reduction=spec.reduction,
                preprocess=Preprocess(spec, affine=False),
                table=table,
            )

        widths = doubled(channels, cells, self.reductions)
        built = list(build_cells(self.stem, widths, self.reductions, build))
        self.cells = nn.ModuleList(built)
        self.classifier = nn.Linear(built[-1].width, classes)

    def forward(self, x: Tensor, normal: Tensor, reduce: Tensor) -> Tensor:
        """Map images (B, 3, S, S) to logits (B, classes).

        `normal` and `reduce`, (edges, K), are the mixing weights, e.g. a softmax of architecture
        parameters. Raise `NasevalError` if S is not divisible as the reductions require.
        """
        last_side(x.shape[-1], self.stem.stride, len(self.reductions))
        mixing = self.mixing(normal, reduce)
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            first, second = second, cell(first, second, mixing[index in self.reductions])
        return self.classifier(global_average(second))

    def mixing(self, normal: Tensor, reduce: Tensor) -> Mapping[bool, Any]:
        """Return what normal cells (False) and reduction cells (True) take as weights."""
        return {False: normal, True: reduce}

    def choosing(self, genotype: Genotype) -> tuple[Tensor, Tensor] | None:
        """Return the mixing weights of a genotype, (edges, K) for normal and reduction cells.

        They are 1 for each of its operations, where the edge has it first, and 0 for all others.
        Return None if an edge does not have the genotype's operation.
        """
        normal = self._choosing(genotype.normal, self.operations["normal"])
        reduce = self._choosing(genotype.reduce, self.operations["reduce"])
        return None if normal is None or reduce is None else (normal, reduce)

    def _choosing(self, chosen: Cell, edges: EdgeOperations) -> Tensor | None:
        table = torch.zeros(len(edges), len(edges[0]))
        for index, node in enumerate(chosen.nodes):
            first = index * (index + 3) // 2  # 2 + 3 + … edges lead to the nodes before
            for operation, source in node:
                if operation not in edges[first + source]:
                    return None
                table[first + source, edges[first + source].index(operation)] = 1
        return table.to(self.classifier.weight.device)


class BankedSupernet(Supernet):
    """A `Supernet` that executes the operations of several edges together.

    It begins with the same weights and gives the same results, in less time.
    """

    banked_cell: Callable[[Any], BankedCell] = BankedCell

    def __init__(self, operations: Mapping[str, EdgeOperations], **shape: Any) -> None:
        super().__init__(operations, **shape)
        self.cells = nn.ModuleList(self.banked_cell(cell) for cell in self.cells)

    def mixing(self, normal: Tensor, reduce: Tensor) -> Mapping[bool, Mixing]:
        """Return the mixing weights in the order of the banks."""
        found: dict[bool, Mixing] = {}
        for index, cell in enumerate(self.cells):
            kind = index in self.reductions
            if kind not in found:
                found[kind] = cast(BankedCell, cell).mixing(reduce if kind else normal)
        return found


def plain_state(network: BankedSupernet) -> dict[str, Tensor]:
    """Return the parameters and running statistics under their names in the plain `Supernet`."""
    state = {}
    for name, tensor in network.state_dict().items():
        for chunk, names in _chunks(network, name, tensor):
            state.update(dict.fromkeys(names, chunk))
    return state


def _chunks(
    network: BankedSupernet, name: str, tensor: Tensor
) -> list[tuple[Tensor, tuple[str, ...]]]:
    """Return the parts of a tensor of the state, each with its names in the plain form."""
    match name.split(".", 2):
        case ["cells", index, own]:
            names = cast(BankedCell, network.cells[int(index)]).plain_names.get(own, ((own,),))
            whole = [tuple(f"cells.{index}.{name}" for name in chunk) for chunk in names]
            return list(zip(tensor.chunk(len(whole)), whole, strict=True))
    return [(tensor, (name,))]
