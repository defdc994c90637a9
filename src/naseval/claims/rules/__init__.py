"""How claims are computed, a module for each section of the paper.

Each module has `RULES`, its rules by the ids of their claims. `_rule.all_rules` finds the modules.
"""
