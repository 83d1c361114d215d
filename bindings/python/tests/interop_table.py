"""The result of the interop tests as a page of the documentation.

Each test of one cell is marked `@cell(form, library, direction)`. When all of them have run, the
last test compares what they found with `docs/src/interoperability.md`; `UPDATE_DOCS=1` writes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import peers
import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

PAGE = Path(__file__).resolve().parents[3] / "docs/src/interoperability.md"
Direction = Literal["ours", "theirs"]

outcomes: dict[tuple[str, str, str], list[str]] = {}
"""By form, library and direction: the outcomes of the tests of the cell."""
selected: set[tuple[str, str, str]] = set()
"""The cells of the tests that run this time."""
whole = True
"""Whether no cell was left out by the caller's choice of tests."""


def cell(form: str, library: str, direction: Direction) -> pytest.MarkDecorator:
    """Mark a test: `ours` where they verify what we signed, `theirs` the other way round."""
    return pytest.mark.cell(form, library, direction)


def cells(item: pytest.Item) -> list[tuple[str, str, str]]:
    return [mark.args for mark in item.iter_markers("cell")]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "cell(form, library, direction): a cell of the interop table"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        selected.update(cells(item))
    # The page is compared when all else has run.
    items.sort(key=lambda item: item.name == "test_the_page_is_what_was_found")


def pytest_deselected(items: list[pytest.Item]) -> None:
    global whole  # noqa: PLW0603
    whole = whole and not any(cells(item) for item in items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" or report.outcome != "passed":
        for place in cells(item):
            outcomes.setdefault(place, []).append(report.outcome)
    return report


def pytest_sessionfinish() -> None:
    peers.close_all()


def verdict(place: tuple[str, str, str]) -> str:
    found = outcomes.get(place)
    if found is None:
        return "-"
    return "yes" if all(outcome == "passed" for outcome in found) else "**no**"


def page() -> str:
    """Return the page as the tests of this run have it."""
    rows = []
    for form, library in sorted({place[:2] for place in selected}):
        registry, name = library.split(" ")
        library_cell = f"{registry} `{name}` {peers.version(library)}"
        ours, theirs = (verdict((form, library, direction)) for direction in ("ours", "theirs"))
        rows.append(f"| `{form}` | {library_cell} | {ours} | {theirs} |\n")
    tests = sum(len(found) for found in outcomes.values())
    return HEAD.format(cells=len(selected), tests=tests) + "".join(rows)


HEAD = """\
# Interoperability

What we sign, others verify; what others sign, we verify; and both sides refuse it once it is
tampered with. Each cell is tested in `bindings/python/tests`, by `make test`, with the version that
is named. The tests write this page (`UPDATE_DOCS=1`) and fail when it is not what they found.

{cells} cells, {tests} tests. A dash: the library does not do that, or it is not tested.

One difference is known: the JavaScript library `jsonld` takes numbers closer to 0 than 0.000001 for
the integer 0, so with the RDF suites neither side verifies a proof of the other over such a number.

| form | library | they verify ours | we verify theirs |
|---|---|---|---|
"""
