"""The listings as text and as a page."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader

from naseval.status.summary import Listing, Row


def text(listings: Sequence[Listing]) -> str:
    """Return the listings that have rows, in columns."""
    return "\n".join(
        f"{listing.title}\n{_aligned([listing.header, *listing.rows])}"
        for listing in listings
        if listing.rows
    )


def page(listings: Sequence[Listing], now: str, refresh: float | None) -> str:
    """Return a page that needs nothing but a browser; `refresh`: seconds until it reloads."""
    environment = Environment(loader=PackageLoader("naseval.status"), autoescape=True)
    return environment.get_template("status.html").render(
        listings=[listing for listing in listings if listing.rows], now=now, refresh=refresh
    )


def _aligned(rows: Sequence[Row]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"  {line}\n" for line in lines)
