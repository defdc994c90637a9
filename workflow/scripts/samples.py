"""Draw sample images of a dataset."""

from pathlib import Path

from naseval.data.samples import stages
from naseval.figures.samples import draw
from naseval.figures.style import save
from naseval.script import job
from naseval.settings.dataset import ImageSettings

with job(snakemake) as running:
    folder = Path(snakemake.input.splits).parent
    drawing = draw(
        snakemake.params.label, stages(folder, ImageSettings(**snakemake.params.dataset))
    )
    save(drawing.figure, drawing.data, Path(snakemake.output.png).with_suffix(""))
