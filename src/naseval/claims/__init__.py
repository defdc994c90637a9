"""The paper's quantitative claims: each is recomputed and gets a verdict. Without torch.

A claim is a line of `claims.csv` (`catalogue.catalogue`). A claim about runs or lists of images
has a rule in `rules/`, in the module of its section of the paper. A claim about a setting names the
keys of the configuration in its line. `ledger.ledger` judges all claims by one source, and
`writers` writes the result. `table_1` and `table_2` compare the paper's tables with ours.
"""
