"""The page that the interop tests write."""

from __future__ import annotations

import os

import interop_table
import pytest


def test_the_page_is_what_was_found() -> None:
    """Runs last. The count is here, so that no cell gets lost unseen."""
    if not interop_table.whole or len(interop_table.selected) < CELLS:
        pytest.skip("only some of the interop tests were chosen")
    assert len(interop_table.selected) == CELLS
    skipped = [place for place, found in interop_table.outcomes.items() if "skipped" in found]
    if skipped:
        pytest.skip("NOT RUN: some of the other libraries are not there")
    page = interop_table.page()
    if os.environ.get("UPDATE_DOCS"):
        interop_table.PAGE.write_text(page, encoding="utf-8")
    assert "**no**" not in page
    assert interop_table.PAGE.read_text(encoding="utf-8") == page


CELLS = 53
