"""The authors' published statistics: fetched, verified, and read into study tables. Without torch.

`raw_files` fetches and verifies the files; `tables.TABLES` lists every table that they give, with
the files that it needs and the function that reads it. `paper` holds the paper's names of datasets,
methods, protocols and spaces. `issues` finds the faults of the files.
"""
