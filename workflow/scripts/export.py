"""Put a study's runs into one archive."""

from pathlib import Path

from naseval import records, schemas
from naseval.exports.archive import below, write_archive
from naseval.exports.contents import configuration, readme, run_list
from naseval.script import job

with job(snakemake) as running:
    study = snakemake.wildcards.study
    runs = run_list(records.read(snakemake.input.study, schemas.STUDY).to_pandas())
    contents = below(Path(snakemake.config["results"]), snakemake.input)
    contents |= {
        "runs.csv": runs.to_csv(index=False, lineterminator="\n").encode(),
        "configuration.yaml": configuration(snakemake.params.configuration),
    }
    contents["README.md"] = readme(study, runs, set(contents), running.provenance()).encode()
    write_archive(snakemake.output.archive, study, contents)
