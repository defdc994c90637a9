"""Export a study as one archive."""

from pathlib import Path

from naseval.crates import METADATA, crate_metadata, version_of
from naseval.exports import (
    checked,
    configuration,
    described,
    readme,
    relative_paths,
    run_list,
    write_archive,
)
from naseval.records import provenance_of
from naseval.script import job

with job(snakemake) as running:
    study, params = snakemake.wildcards.study, snakemake.params
    results = Path(snakemake.config["results"])
    gathered = checked(
        results, snakemake.input.study, study, params.members, params.asked, params.diverged
    )
    runs = run_list(gathered.table.to_pandas())
    contents = relative_paths(results, snakemake.input)
    contents |= {
        "runs.csv": runs.to_csv(index=False, lineterminator="\n").encode(),
        "configuration.yaml": configuration(snakemake.params.configuration),
    }
    provenance = running.provenance()
    text = readme(study, runs, set(contents), provenance, gathered.runs_by_code)
    contents["README.md"] = text.encode()
    made = map(provenance_of, snakemake.input.runs)
    contents[METADATA] = crate_metadata(study, described(contents), made, version_of(provenance))
    write_archive(snakemake.output.archive, study, contents)
