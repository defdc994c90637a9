"""The figures and tables of the report, and the page that collects them. Without torch.

`exhibits` finds the figures and tables that modules declare in `REPORT_FIGURES` and
`REPORT_TABLES`: `exhibits.figures` and `exhibits.tables` return them for a source. `page.page`
writes report.html, one self-contained page with everything that exists in a results folder.
"""
