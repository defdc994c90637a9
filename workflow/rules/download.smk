"""The network -> archives/{source}/, verified; nothing else in the workflow needs the network."""

import re


localrules:
    download,
    archive,


rule download:
    """Fetch the archives of every dataset that the studies use, and nothing else."""
    input:
        [archives_of(dataset) for dataset in STUDIED],
        published_lists() if set(PUBLISHED_SPLITS) & set(STUDIED) else [],


rule archive:
    """Fetch and verify one file of a dataset's archive."""
    output:
        file=result("archives/{archive}/{file}"),
    log:
        result("logs/archives/{archive}/{file}.log"),
    wildcard_constraints:
        archive=any_of(dataset.source for dataset in CONFIG.datasets.values()),
        file=any_of(
            re.escape(name)
            for dataset in CONFIG.datasets.values()
            for name in archive_files(dataset.source)
        ),
    conda:
        "../../envs/train.yaml"
    params:
        lock=LOCK,
    script:
        "../scripts/download.py"
