"""The paper's quantitative claims, recomputed, with a verdict each.

A claim is a line of `claims.csv`. One that runs or lists of images decide has a rule in
`rules/`, in the module of the paper's section; one that the configuration decides names its
keys in the line itself.
"""
