"""Building blocks of networks, in torch.

`operations`, `cells` and `stems` have the layers, `skeleton` the evaluation networks of the DARTS
family, and `loose_ends` those of ENAS and NAO. `drop_path` is the regularisation, `cost` counts
parameters and multiply-accumulates, and `fixed` has networks without a genotype.
"""
