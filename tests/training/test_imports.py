"""What the training of small images imports."""

import subprocess
import sys

STEP = """
import sys
import torch
from naseval.networks.drop_path import DropPath
from naseval.settings.base import Optimizer
from naseval.training.optimizers import backward_and_step, build_optimizer

network = torch.nn.Sequential(torch.nn.Linear(2, 2), DropPath())
for name in ("sgd", "adam", "adamax"):
    settings = Optimizer(name=name, learning_rate=0.1, learning_rate_min=0, weight_decay=0)
    optimizer = build_optimizer(network.parameters(), settings)
    backward_and_step(network(torch.ones(4, 2)).sum(), optimizer, 5.0)
    optimizer.load_state_dict(optimizer.state_dict())
print(*sorted({"torch._dynamo", "torchvision"} & sys.modules.keys()))
"""


def test_a_step_imports_neither_torchvision_nor_torchs_compiler():
    told = subprocess.run([sys.executable, "-c", STEP], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
