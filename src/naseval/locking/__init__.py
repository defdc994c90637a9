"""Mutual exclusion of processes.

`lock.lock` allows one process per training, `lease.leased` one process per device, and
`orphans.refuse_orphans` one Snakemake per folder, also after one was killed.
"""
