"""Print the estimated cost of the unfinished searches and runs."""

import sys
from pathlib import Path

import pyarrow as pa

from naseval import records
from naseval.budget.calibration import Calibration
from naseval.budget.estimate import dataset_table
from naseval.budget.images import count_images
from naseval.budget.jobs import needed, once, stated
from naseval.budget.measured import finished
from naseval.budget.page import page
from naseval.budget.work import read_sizes
from naseval.config import load_config
from naseval.files import write_atomically
from naseval.script import job
from naseval.studies._stopping import planned_sentence, so_far

with job(snakemake) as running:
    config = load_config(snakemake.config)
    jobs, most = needed(so_far(config)), needed(config)
    sizes = {key: size for path in snakemake.input.work for key, size in read_sizes(path).items()}
    files = [Path(snakemake.input.calibration)]
    files += sorted({*files[0].parent.glob("*.json")} - {*files})
    text, table = page(
        jobs,
        finished(config.results, once(jobs)),
        sizes,
        [Calibration.read(file) for file in files],
        dataset_table(
            config.datasets,
            {
                name: count_images(name, config.datasets[name], config.results)
                for name in dict.fromkeys(job.dataset for job in jobs)
            },
        ),
        config.resources.workers,
        planned_sentence(config),
        most,
        stated(config),
    )
    stem = Path(config.results, "budget")
    write_atomically(stem.with_suffix(".md"), text.encode())
    content = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    records.write(stem.with_suffix(".parquet"), content, running.provenance())
    sys.stdout.write(text)
