"""Issues of the authors' files, each found by computation.

Every module checks one kind of file; its function `find` yields an `issue.Issue` for each fault.
`published.tables.read_issues` collects all of them, and `issue.by_severity` makes the table.
"""
