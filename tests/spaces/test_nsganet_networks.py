"""Networks of NSGA-Net and their cost against vectors."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from fixtures_networks import build_network
from fixtures_wiring import CHANNELS, VECTORS, assert_logits, averaging, genotype, skeleton, waves
from naseval.errors import NasevalError
from naseval.methods.nsganet.flops import flops
from naseval.networks.cost import macs, parameters
from naseval.networks.shape import Skeleton, doubled
from naseval.networks.squeeze_excitation import SqueezeExcitation
from naseval.randomness import stream
from naseval.spaces.nsganet import network as nsganet
from naseval.spaces.nsganet.network import NSGANET_OPERATIONS
from naseval.spaces.nsganet.space import SPACE

SEARCH = VECTORS["nsganet"]["search_network"]
FINAL = VECTORS["nsganet"]["final"]
SIZES = VECTORS["nsganet"]["op_params_affine"]
WIRED = [entry for entry in SEARCH + FINAL if "wiring_logit" in entry]


def name_of(entry):
    return "-".join(str(entry[k]) for k in ("name", "classes", "input", "cells", "init_channels"))


def network_of(entry, auxiliary, channels=None):
    return nsganet.build(
        genotype("nsganet", entry["name"]),
        Skeleton(**skeleton(entry, auxiliary, channels)),
        squeeze_excitation=entry["SE"],
        filter_increment=entry.get("filter_increment"),
    )


@pytest.mark.parametrize("key", [key for key in SIZES if "stride" in key])
def test_operation_sizes(key):
    name, channels, stride = key.split("/")
    operation = NSGANET_OPERATIONS[name](int(channels[1:]), int(stride[-1]), True)
    assert parameters(operation, True) == SIZES[key]


@pytest.mark.parametrize("key", [key for key in SIZES if "se_block" in key])
def test_squeeze_sizes(key):
    channels = int(key.removeprefix("se_block/channels"))
    assert parameters(SqueezeExcitation(channels, bias=False), True) == SIZES[key]


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("name", SPACE.operations)
def test_operations_keep_channels_stride_and_input(name, stride):
    x = torch.randn(2, 4, 8, 8)
    before = x.clone()
    operation = NSGANET_OPERATIONS[name](4, stride, True)
    assert operation(x).shape == (2, 4, 8 // stride, 8 // stride)
    assert torch.equal(x, before)


@pytest.mark.parametrize("entry", SEARCH, ids=name_of)
def test_search_network_sizes_and_cost(entry):
    with torch.device("meta"):
        network = build_network(
            genotype("nsganet", entry["name"]), **skeleton(entry, auxiliary=False)
        )
    assert parameters(network, True) == entry["params_total"]
    assert flops(network, entry["input"]) == entry["flops_reference"]


@pytest.mark.parametrize("entry", FINAL, ids=name_of)
def test_final_network_sizes_and_cost(entry):
    with torch.device("meta"):
        network = network_of(entry, auxiliary=True)
    assert parameters(network, False) == entry["params_no_aux"]
    assert parameters(network, True) == entry["params_total_with_aux"]
    assert flops(network, entry["input"]) == entry["flops_reference_no_aux"]


@pytest.mark.parametrize("entry", WIRED, ids=name_of)
def test_wiring(entry):
    network = averaging(network_of(entry, "aux_logit" in entry, CHANNELS))
    assert_logits(network(waves(entry["input"]))[0], entry["wiring_logit"])
    if "aux_logit" in entry:
        outputs = []
        tower_cell = network.cells[network.tower_at]
        tower_cell.register_forward_hook(lambda _module, _inputs, output: outputs.append(output))
        network(waves(entry["input"]))
        assert_logits(network.auxiliary(outputs[0]), entry["aux_logit"])


class Cheap(TorchDispatchMode):
    """Counts batch normalisation, ReLU and pools as the rule does, but by what torch executes."""

    count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        name = function._schema.name
        if "batch_norm" in name:
            self.count += 2 * args[0].numel()
        elif name == "aten::avg_pool2d" and args[1] == [1, 1]:
            pass  # picks the pixels of a convolution with a stride
        elif name in ("aten::relu", "aten::mean") or "pool" in name:
            self.count += args[0].numel()
        return result


@pytest.mark.parametrize("index", range(3))
def test_the_count_agrees_with_what_torch_executes(index):
    network = build_network(
        SPACE.sample(stream("flops", index)),
        images="small",
        image_size=16,
        classes=10,
        channels=4,
        cells=4,
        auxiliary=False,
        options={"squeeze_excitation": True, "filter_increment": 2},
    ).eval()
    image = torch.zeros(1, 3, 16, 16)
    with torch.no_grad(), Cheap() as cheap:
        network(image)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(image)
    multiply_adds = counter.get_total_flops() // 2
    assert cheap.count > 0
    assert flops(network, 16) == multiply_adds + cheap.count
    assert macs(network, 16) == multiply_adds


def test_counting_leaves_the_network_alone():
    network = build_network(
        SPACE.sample(stream("flops")), **skeleton({**SEARCH[0], "init_channels": 2}, False)
    )
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert flops(network, 32) == flops(network, 32)
    assert network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert not any(module._forward_hooks for module in network.modules())


def test_widths_of_the_pyramid_and_of_doubling():
    cells = SPACE.sample(stream("widths"))
    shape = {**skeleton(FINAL[0], auxiliary=False), "channels": 34}
    with torch.device("meta"):
        pyramid = build_network(cells, options={"filter_increment": 4}, **shape)
        plain = build_network(cells, **shape)
    concat = [
        len((cells.reduce if index in (6, 13) else cells.normal).concat) for index in range(20)
    ]
    widths = [cell.width // ends for cell, ends in zip(pyramid.cells, concat, strict=True)]
    assert widths == [34 + 4 * index for index in range(20)]
    widths = [cell.width // ends for cell, ends in zip(plain.cells, concat, strict=True)]
    assert widths == [34] * 6 + [68] * 7 + [136] * 7 == doubled(34, 20, (6, 13))


def test_squeezing_is_off_unless_asked_for():
    shape = {**skeleton(SEARCH[0], auxiliary=False), "channels": 2}
    cells = SPACE.sample(stream("squeeze"))

    def blocks(options):
        network = build_network(cells, options=options, **shape)
        return sum(isinstance(module, SqueezeExcitation) for module in network.modules())

    assert (blocks({}), blocks({"squeeze_excitation": True})) == (0, 8)


def test_a_negative_increment_is_refused():
    with pytest.raises(NasevalError, match="filter_increment: input should be greater than"):
        build_network(
            SPACE.sample(stream("x")),
            options={"filter_increment": -1},
            **skeleton(SEARCH[0], auxiliary=False),
        )


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize(("images", "side"), [("small", 8), ("large", 64)])
def test_every_genotype_trains(index, images, side):
    network = build_network(
        SPACE.sample(stream("nsganet network", index)),
        images=images,
        image_size=side,
        classes=3,
        channels=3,
        cells=3,
        auxiliary=index % 2 == 0,
        options={"squeeze_excitation": index < 2, "filter_increment": 1 if index < 3 else None},
    )
    logits, tower = network(torch.randn(4, 3, side, side))
    (logits.sum() + (0 if tower is None else tower.sum())).backward()
    assert logits.shape == (4, 3) and logits.isfinite().all()
    assert (tower is not None) == (index % 2 == 0)
