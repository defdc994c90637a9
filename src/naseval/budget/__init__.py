"""Cost of the configured work, estimated before it starts.

`jobs.needed` lists the searches and runs, `counting` counts their work from a few steps
(`rehearsal`), `calibration` fits the time that a device takes for it, `measured` reads finished
jobs, and `estimate` and `page` combine them into the budget.
"""
