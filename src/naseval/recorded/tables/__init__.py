"""The tables: a module for each, with `read(folder)`, and a YAML file of the same name with facts.

`read` returns a `view.Table` from the folder that holds the files that the facts name.
"""
