"""Drawings of cells: nothing on top of anything else, and every edge there."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from naseval.figures.genotype import BOX, ROOM, draw, operation_label
from naseval.figures.layers import layout
from naseval.figures.style import operation_colour, save
from naseval.randomness import stream
from naseval.spaces import get_space

SPACES = ("darts", "pdarts", "modified", "nsganet", "enas", "cnas", "nao")

genotypes = st.builds(
    lambda space, seed: get_space(space).sample(stream("tests", "drawing", space, seed)),
    st.sampled_from(SPACES),
    st.integers(0, 10_000),
)


@given(genotypes)
@settings(max_examples=60)
def test_states_are_right_of_what_they_read_and_nothing_overlaps(genotype):
    for cell in (genotype.normal, genotype.reduce):
        one = layout(cell, ROOM)
        for vertex, node in enumerate(cell.nodes, start=2):
            assert all(one.layer[source] < one.layer[vertex] for _, source in node)
        assert all(one.layer[source] < one.layer[one.output] for source in cell.concat)
        for layer in set(one.layer.values()):
            spots = sorted((s for s in one.height if s[1] == layer), key=one.height.__getitem__)
            for low, high in pairwise(spots):
                room = (one.room[low] + one.room[high]) / 2
                assert one.height[high] - one.height[low] >= room - 1e-9


@given(genotypes)
@settings(max_examples=60)
def test_lines_lead_from_every_state_to_all_that_read_it(genotype):
    for cell in (genotype.normal, genotype.reduce):
        one = layout(cell, ROOM)
        reads = {(s, v) for v, node in enumerate(cell.nodes, start=2) for _, s in node}
        reads |= {(source, one.output) for source in cell.concat}
        arrivals = {(left[0], right[0]) for left, right in one.links if not one.passing(right)}
        assert arrivals == reads
        for left, right in one.links:
            assert right[1] == left[1] + 1
            assert one.passing(left) or left[1] == one.layer[left[0]]
            assert not one.passing(right) or right[0] == left[0]
            begun = not one.passing(left) or any(link[1] == left for link in one.links)
            assert begun, "a line goes on from where it came"


@pytest.mark.parametrize("space", SPACES)
def test_every_operation_is_written_and_in_the_data(space):
    genotype = get_space(space).sample(stream("tests", "drawing", space))
    drawing = draw(genotype, "A search")
    texts = [text.get_text() for panel in drawing.figure.axes for text in panel.texts]
    for kind, cell in (("normal", genotype.normal), ("reduce", genotype.reduce)):
        rows = drawing.data[drawing.data["cell"] == kind]
        edges = [(node, *edge) for node, pairs in enumerate(cell.nodes, start=2) for edge in pairs]
        assert rows[["node", "operation", "input"]].apply(tuple, axis=1).tolist() == edges
    operations = genotype.normal.operations + genotype.reduce.operations
    labels = [operation_label(operation) for operation in operations]
    assert sorted(text for text in texts if text in labels) == sorted(labels)
    assert texts.count("output") == texts.count("k−1") == texts.count("k−2") == 2


def test_the_same_genotype_gives_the_same_bytes(tmp_path):
    genotype = get_space("cnas").sample(stream("tests", "bytes"))
    for name in ("one", "other"):
        drawing = draw(genotype, "A search")
        save(drawing.figure, drawing.data, tmp_path / name)
    for kind in ("svg", "png", "csv"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"other.{kind}").read_bytes()


@pytest.mark.parametrize("space", SPACES)
def test_names_of_operations_fit_into_their_boxes(space):
    canvas = FigureCanvasAgg(Figure(dpi=200))
    for operation in get_space(space).operations:
        label = operation_label(operation)
        text = canvas.figure.text(0, 0, label, fontsize=7.5, family="DejaVu Sans")
        assert text.get_window_extent(canvas.get_renderer()).width / 200 < BOX - 0.06
        assert "_" not in label and operation_colour(operation).startswith("#")


def test_kernels_are_written_with_a_multiplication_sign():
    assert operation_label("sep_conv_3x3") == "sep conv 3×3"
    assert operation_label("conv_1x7_7x1") == "conv 1×7 7×1"
