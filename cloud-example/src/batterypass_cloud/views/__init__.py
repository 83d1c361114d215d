"""Pages: rendered on the server, readable without JavaScript, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ..authorize import Audience, Reader
from ..passports import LabelKey, Verification
from ..problems import Problem
from ..records import StoredRecord
from ..registry import RegisteredKey
from ..times import rfc3339
from .chart import Chart, chart
from .document import hidden, sections, text_of
from .live import readings

_TEMPLATES = Environment(
    loader=PackageLoader("batterypass_cloud.views"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_FOLDER = resources.files(__package__).joinpath("static")

STATIC = {
    "style.css": (_FOLDER.joinpath("style.css").read_bytes(), "text/css; charset=utf-8"),
    "icon.svg": (_FOLDER.joinpath("icon.svg").read_bytes(), "image/svg+xml"),
}
"""Files that the pages use: content and media type."""

REFRESH_S = 5
"""How often a page with live values loads itself again."""

AUDIENCES = {
    Audience.PUBLIC: "You see what anyone may see.",
    Audience.AUTHORITY: "You are signed in as an authority.",
    Audience.LEGITIMATE_INTEREST: "You are signed in with a legitimate interest in this battery.",
    Audience.OPERATOR: "You are signed in as the operator of this passport.",
}

TITLES = {
    404: "Nothing is stored here",
    406: "Not available in that form",
    410: "This passport has ended",
}


def passport_page(
    *,
    document: dict[str, Any],
    reader: Reader,
    verification: Verification,
    label: LabelKey,
    battery_key: RegisteredKey | None,
    newest: StoredRecord | None,
    history: Sequence[StoredRecord],
    live: bool,
    now: int,
) -> str:
    """Render the page of one passport for a reader."""
    from ..passports import view

    shown = view(document, reader)
    views = {
        name: view(document, Reader(name))
        for name in (Audience.AUTHORITY, Audience.LEGITIMATE_INTEREST)
    }
    general = shown.get("generalProductInformation", {})
    maker = general.get("manufacturerInformation", {}).get("contactName", "")
    category = general.get("batteryCategory", "")
    drawn: Chart | None = chart(history) if len(history) > 1 else None
    return _TEMPLATES.get_template("passport.html").render(
        passport_id=document.get("digitalProductPassportId", ""),
        maker=maker,
        category=text_of("batteryCategory", category) if category else "Battery",
        updated=text_of("lastUpdate", shown.get("lastUpdate", "")),
        verification=verification,
        label=label,
        battery_key=battery_key,
        audience=reader.audience,
        audience_text=_audience_text(reader),
        sections=sections(shown),
        hidden=hidden(document, shown, views),
        live=live,
        readings=readings(newest) if newest else [],
        newest=newest,
        received=text_of("receivedAt", rfc3339(newest.received_at)) if newest else "",
        chart=drawn,
        refresh=REFRESH_S if live else None,
        checked=text_of("checked", rfc3339(now)),
    )


def _audience_text(reader: Reader) -> str:
    text = AUDIENCES[reader.audience]
    if reader.purpose is None:
        return text
    return f"{text} What serves this purpose is shown: {reader.purpose.replace('_', ' ')}."


def problem_page(problem: Problem) -> str:
    """Render an error for a person."""
    return _TEMPLATES.get_template("problem.html").render(
        title=TITLES.get(problem.status, problem.document()["title"]),
        problem=problem,
        deleted_at=problem.members.get("deletedAt"),
    )
