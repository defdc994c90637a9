"""The demo on images of 8x8 pixels: every method once, in about a minute."""

from typing import Any

import yaml

from paths import ROOT

METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "manas-ls", "stacnas", "nao")


def tiny() -> dict[str, Any]:
    """Return the demo's configuration on images of 8x8 pixels, one search and one baseline each."""
    overlay = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
    overlay["datasets"] = {"digits": {**overlay["datasets"]["digits"], "image_size": 8}}
    overlay["protocols"]["base"] |= {"epochs": 1, "batch_size": 240}
    benchmark = {"datasets": ["digits"], "methods": list(METHODS), "searches": 1, "random": 1}
    overlay["studies"] = dict.fromkeys(overlay["studies"]) | {"benchmark": benchmark}
    overlay["resources"]["runs_per_job"] = 1
    return overlay


TINY = tiny()
