"""Export a study as one archive."""

from pathlib import Path

from naseval import records, schemas
from naseval.exports import configuration, readme, relative_paths, run_list, write_archive
from naseval.script import job

with job(snakemake) as running:
    study = snakemake.wildcards.study
    runs = run_list(records.read(snakemake.input.study, schemas.STUDY).to_pandas())
    contents = relative_paths(Path(snakemake.config["results"]), snakemake.input)
    contents |= {
        "runs.csv": runs.to_csv(index=False, lineterminator="\n").encode(),
        "configuration.yaml": configuration(snakemake.params.configuration),
    }
    contents["README.md"] = readme(study, runs, set(contents), running.provenance()).encode()
    write_archive(snakemake.output.archive, study, contents)
