"""Taken up by every Python process of a workflow under test: it watches planning and jobs.

`NASEVAL_PLANNED` names a file to which each digest that is asked for is written; `NASEVAL_TRACED`
a folder to which each job, with the processes that it starts, writes what it runs and opens.
"""

import os
import sys

if os.environ.get("NASEVAL_PLANNED"):
    import recorder

    recorder.record(os.environ["NASEVAL_PLANNED"])
elif os.environ.get("NASEVAL_TRACED") and (
    os.environ.get("NASEVAL_JOB") or any(".snakemake/scripts/" in part for part in sys.orig_argv)
):
    import tracer

    tracer.start(os.environ["NASEVAL_TRACED"], os.environ.get("NASEVAL_JOB", ""))
