"""Downloads and verifies the archives of the datasets, to archives/{source}/.

Apart from the rule `published_files`, no other rule needs the network.
"""

import re

from naseval.data.facts import archive_files


rule download:
    """Fetch the archives of every dataset that the studies use, and do nothing else."""
    input:
        [list_archives(dataset) for dataset in STUDIED],
        list_published_lists() if set(PUBLISHED_SPLITS) & set(STUDIED) else [],


rule archive:
    """Fetch and verify one file of a dataset's archive."""
    output:
        file=result("archives/{archive}/{file}"),
    log:
        result("logs/archives/{archive}/{file}.log"),
    wildcard_constraints:
        archive=match_any(FETCHED),
        file=match_any(
            re.escape(name) for source in FETCHED for name in archive_files(source)
        ),
    localrule: True
    conda:
        "../../envs/train.yaml"
    params:
        lock=LOCK,
    script:
        "../scripts/archive.py"
