"""The authors' raw statistics: fetched, checked, and read into study tables."""
