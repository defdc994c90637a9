"""Statistics of study tables: every number that figures, tables and cards show. Without torch.

A function takes a study table (`schemas.STUDY`) and returns a tidy frame and a sentence that sums
it up. The main ones are `relative_improvement.relative_improvements`, `ranking.ranking`,
`correlation.correlation`, `variance.variance` and `power.power`; the basis of all is
`finals.finals`, the best and the last accuracy of every run. `intervals` has confidence
intervals of means and spreads; `tables` writes frames as Markdown, HTML, CSV and Parquet.

`verdicts.against_average` and `between_methods` judge differences, `conclusions` says what they
come to, `verdict_tables` lays them out, `over_datasets.over_datasets` sums up methods, and
`sequential` plans repeated looks. They rest on `contrasts`, differences of means with Welch's
standard error, and on `cells`, which knows the baselines that methods share. docs/statistics.md has
the definitions.
"""
