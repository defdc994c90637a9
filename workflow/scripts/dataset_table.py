"""Write the table of all datasets."""

from pathlib import Path

import pandas as pd

from naseval.analysis.tables import write_table
from naseval.data.overview import laid_out, summary
from naseval.script import job

NOTE = (
    "Images are divided into train, validation and test. Pixels are width × height as stored. Mean "
    "and standard deviation are those that images are normalised by (red, green, blue, of pixels "
    "in [0, 1]): computed of the train and validation images, or given as constants."
)

with job(snakemake) as running:
    table = pd.DataFrame(
        [
            summary(Path(splits).parent, dataset["images"], dataset["label"])
            for splits, dataset in zip(
                snakemake.input.splits, snakemake.params.datasets, strict=True
            )
        ]
    )
    stem = Path(snakemake.output.markdown).with_suffix("")
    write_table(table, stem, "Datasets", NOTE, running.provenance(), laid_out(table))
