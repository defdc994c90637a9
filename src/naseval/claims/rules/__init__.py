"""The rules that compute claims, one module per section of the paper.

Every module has a dictionary `RULES` of its rules by the ids of their claims. `_rule.all_rules`
finds the modules by their file names and returns all rules; `_rule.Rule` is a rule.
"""
