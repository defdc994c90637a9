"""Write the table of a dataset's classes."""

from pathlib import Path

from naseval.analysis.tables import write_table
from naseval.data.overview import class_counts
from naseval.script import job

with job(snakemake) as running:
    counts = class_counts(Path(snakemake.input.splits).parent)
    parts = counts.drop(columns=["label", "class"]).sum()
    note = "All classes: " + ", ".join(f"{count} {part}" for part, count in parts.items()) + "."
    stem = Path(snakemake.output.markdown).with_suffix("")
    title = f"{snakemake.params.label}: images per class"
    write_table(counts, stem, title, note, running.provenance())
