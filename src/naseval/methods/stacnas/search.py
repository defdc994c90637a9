"""StacNAS: one-level gradient search in two stages (Li et al., arXiv 1909.11926).

The alphas of similar operations disturb each other. Therefore one representative of each group of
operations competes on every edge in the first stage, and the members of the winning group compete
in the second stage. The depth of both supernets is chosen so that they are as hard to train as the
final network.
"""

from naseval.data.training_data import TrainingData
from naseval.genotype import Cell, Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, Table, strongest_cell
from naseval.methods._gradient.stages import Alive, new_supernet, run_stages
from naseval.methods._gradient.task import OneLevelTask
from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.methods._supernet_scores import Subnetwork
from naseval.methods.stacnas.settings import Settings
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop

EDGES = sum(range(2, 2 + SPACE.nodes))
GROUPS = {
    "max_pool_3x3": ("avg_pool_3x3", "max_pool_3x3", "none"),
    "skip_connect": ("skip_connect", "skip_connect", "none"),
    "sep_conv_3x3": ("sep_conv_3x3", "sep_conv_5x5", "none"),
    "dil_conv_3x3": ("dil_conv_3x3", "dil_conv_5x5", "none"),
}
"""Operations of the second stage, by representative (the StacNAS program).

The skip connection occurs twice. If it has weights, each occurrence has its own.
"""
REPRESENTATIVES = (*GROUPS, "none")
REPRESENTATIVE_OF = {
    **{member: name for name, group in GROUPS.items() for member in group},
    "none": "none",  # it is in every group, and in the first stage for itself
}


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Weights and alphas learn from the same images."""
    representatives = (REPRESENTATIVES,) * EDGES
    alphas, alive, history = run_stages(
        lambda stage, alive, stage_seed: stage_task(data, settings, alive, stage, stage_seed),
        lambda _stage, alphas, _alive: winning_groups(alphas),
        {"normal": representatives, "reduce": representatives},
        stages=len(settings.cells),
        seed=seed,
        name="stacnas",
        loop=loop,
    )
    return SearchResult(derived(alphas, alive), history)


def stage_task(
    data: TrainingData,
    settings: Settings,
    alive: Alive,
    stage: int,
    seed: int,
    kind: type[Supernet] = BankedSupernet,
) -> OneLevelTask:
    """Return the training task of a new supernet with the remaining operations."""
    network, alphas = new_supernet(
        data,
        alive,
        channels=settings.channels,
        cells=settings.cells[stage - 1],
        seed=seed,
        kind=kind,
    )
    kind_of_task = RepresentativesTask if stage == 1 else OneLevelTask
    return kind_of_task(
        network,
        alphas,
        data,
        settings,
        seed=seed,
        part="all" if settings.one_level_data == "all" else "train",
        derive=lambda current: derived(current, alive),
        cutout=0,
        stage=stage,
    )


class RepresentativesTask(OneLevelTask):
    """The first stage. The representative of a group stands for all of its operations."""

    def subnetwork(self, genotype: Genotype) -> Subnetwork | None:
        """Return the shared weights of the representatives of a genotype's operations."""
        normal, reduce = map(_represented, (genotype.normal, genotype.reduce))
        return super().subnetwork(Genotype(genotype.space, normal, reduce))


def _represented(cell: Cell) -> Cell:
    nodes = tuple(
        tuple((REPRESENTATIVE_OF[operation], source) for operation, source in node)
        for node in cell.nodes
    )
    return Cell(nodes, cell.concat)


def winning_groups(alphas: Alphas) -> Alive:
    """Return each edge's group, whose representative has the largest alpha. `none` cannot win."""
    normal, reduce = (_winners(table) for table in alphas.tables())
    return {"normal": normal, "reduce": reduce}


def _winners(table: Table) -> Operations:
    groups = list(GROUPS.values())
    return tuple(groups[winner] for winner in table[:, : len(groups)].argmax(axis=1))


def derived(alphas: Alphas, alive: Alive) -> Genotype:
    """Return the genotype. Edges are ranked by raw alphas, as in the StacNAS program."""
    normal, reduce = alphas.tables()
    return Genotype(
        SPACE.name,
        strongest_cell(normal, alive["normal"]),
        strongest_cell(reduce, alive["reduce"]),
    )
