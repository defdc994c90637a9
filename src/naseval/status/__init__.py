"""The state of every configured search and run, read from files only. Without torch.

`configured.configured` loads the configuration, `state.job_states` determines the states,
`remaining.remaining` the time that is left, and `summary` lists them in the terminal
(`summary.text`) or on an HTML page (`summary.page`). The command `python -m naseval status` uses
all of them.
"""
