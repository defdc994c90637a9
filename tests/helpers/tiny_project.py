"""The workflow on images of 8x8 pixels: every method once, in about a minute."""

from typing import Any

import yaml

from paths import ROOT

METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "manas-ls", "stacnas", "nao")


def tiny_overlay() -> dict[str, Any]:
    """Return the overlay below .test, the least that every part of the workflow runs on."""
    file = ROOT / ".test/config/config.yaml"
    overlay: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return overlay


def tiny() -> dict[str, Any]:
    """Return the tiny overlay on small images, one search and one baseline of each method."""
    overlay = tiny_overlay()
    del overlay["datasets"]["digits-large"]
    overlay["protocols"]["base"] |= {"epochs": 1, "batch_size": 240}
    benchmark = {"datasets": ["digits"], "methods": list(METHODS), "searches": 1, "random": 1}
    overlay["studies"] = dict.fromkeys(overlay["studies"]) | {"benchmark": benchmark}
    overlay["resources"]["runs_per_job"] = 1
    return overlay


TINY = tiny()
