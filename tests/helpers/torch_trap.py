"""A `torch` that ends whoever imports it."""

from pathlib import Path


def trap(folder: Path) -> str:
    """Return a folder whose `torch` ends whoever imports it."""
    folder.mkdir(exist_ok=True)
    (folder / "torch.py").write_text("raise SystemExit('torch was imported')\n", encoding="utf-8")
    return str(folder)
