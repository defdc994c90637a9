"""Statistics of study tables: every number that figures, tables and cards show. Without torch.

A function takes a study table (`schemas.STUDY`) and returns a tidy frame and a sentence that sums
it up. The main ones are `relative_improvement.relative_improvements`, `comparison.compare`,
`ranking.ranking`, `correlation.correlation`, `variance.variance` and `power.power`; the basis of
all is `finals.finals`, the best and the last accuracy of every run. `intervals` draws the bootstrap
samples; `tables` writes frames as Markdown, HTML, CSV and Parquet.
"""
