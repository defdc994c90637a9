"""Judges a table of means and spreads, of whatever origin, against a baseline. Without torch.

`python -m naseval judge TABLE.csv` reads a table (`table`), judges its rows by the same tests as
the pipeline's own results (`judgement`), and prints a table and a sentence a row (`text`).
docs/statistics.md describes the columns.
"""
