"""Training of networks, in torch.

`loop` runs the epochs of a search or an augmentation (`Loop`, `EpochTask`) and resumes them from a
`checkpoint`. `augmentation.augment` is the paper's final training, `networks.build_network` builds
networks, `optimizers` and `metrics` have the training step and the evaluation, and `runs` and
`session` connect them to Snakemake's jobs.
"""
