"""Versions, history and differences as the page shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from klarna_shop.shop.paywalls.difference import FieldChange
from klarna_shop.shop.paywalls.document.fields import FieldKind, field_facts
from klarna_shop.shop.paywalls.stored import Change, Draft, HistoryEntry, Version
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.studio.paywalls.editor.moments import moment_shown
from klarna_shop.ui.studio.paywalls.editor.words import place_of

DRAFT = "draft"
ONE_SITTING = timedelta(minutes=30)
"""Drafts save themselves: those saved no longer apart than this are one line of the history."""
MOST_PLACES = 6
LONGEST_VALUE = 300
_WORDS = {
    Change.CREATED: "Created",
    Change.IMPORTED: "Imported from a file",
    Change.SAVED: "Draft saved",
    Change.PUBLISHED: "Published",
    Change.UNPUBLISHED: "Unpublished",
    Change.ROLLED_BACK: "Rolled back",
    Change.DELETED: "Deleted",
}


@dataclass
class VersionRow:
    """One published version."""

    number: int = 0
    name: str = ""
    when: str = ""
    note: str = ""
    in_force: bool = False


@dataclass
class HistoryRow:
    """One line of the history."""

    when: str = ""
    what: str = ""
    places: list[str] = field(default_factory=list)
    more: int = 0


@dataclass
class DifferenceRow:
    """One field that is not the same."""

    place: str = ""
    before: str = ""
    after: str = ""


@dataclass
class SideChoice:
    """What can be compared: the draft, or a version."""

    value: str = ""
    name: str = ""


def version_rows(versions: Iterable[Version], draft: Draft) -> list[VersionRow]:
    """Newest first, as they come."""
    return [
        VersionRow(
            number=version.number,
            name=version_name(version.number),
            when=date_and_time(version.published_at, "en") if version.published_at else "",
            note=version.note,
            in_force=version.number == draft.published_version,
        )
        for version in versions
    ]


def side_choices(versions: Iterable[Version]) -> list[SideChoice]:
    """The draft first."""
    return [
        SideChoice(DRAFT, "Draft"),
        *(SideChoice(str(one.number), version_name(one.number)) for one in versions),
    ]


def version_name(number: int) -> str:
    """`Version 3`."""
    return f"Version {number}" if number else "Built in"


def difference_rows(changes: Iterable[FieldChange]) -> list[DifferenceRow]:
    """Each field in words, with its two values."""
    return [
        DifferenceRow(place_of(change.path), _shown(change.path, change.old), _shown(change.path, change.new))
        for change in changes
    ]


def history_rows(entries: Sequence[HistoryEntry]) -> list[HistoryRow]:
    """Newest first; drafts saved in one sitting are one line."""
    return [_history_row(sitting) for sitting in _sittings(entries)]


def _sittings(entries: Sequence[HistoryEntry]) -> list[list[HistoryEntry]]:
    sittings: list[list[HistoryEntry]] = []
    for entry in entries:
        newer = sittings[-1][-1] if sittings else None
        if newer and entry.what is newer.what is Change.SAVED and newer.at - entry.at < ONE_SITTING:
            sittings[-1].append(entry)
        else:
            sittings.append([entry])
    return sittings


def _history_row(sitting: list[HistoryEntry]) -> HistoryRow:
    newest, oldest = sitting[0], sitting[-1]
    what = _WORDS[newest.what]
    if newest.what in {Change.PUBLISHED, Change.ROLLED_BACK} and newest.version is not None:
        joined = "to" if newest.what is Change.ROLLED_BACK else "as"
        what = f"{what} {joined} {version_name(newest.version).lower()}"
    if len(sitting) > 1:
        what = f"{what} {len(sitting)} times since {_time(oldest.at)}"
    paths = dict.fromkeys(
        path for entry in sitting for path in entry.summary.split(" and ", 1)[0].split(", ") if path
    )
    places = [place_of(path) for path in paths]
    return HistoryRow(
        date_and_time(newest.at, "en"), what, places[:MOST_PLACES], max(0, len(places) - MOST_PLACES)
    )


def _time(moment: datetime) -> str:
    return date_and_time(moment, "en").rpartition(" ")[2]


def _shown(path: str, value: Any) -> str:
    if value is None:
        return "–"
    facts = field_facts(path)
    if facts and facts.kind is FieldKind.MOMENT:
        return moment_shown(value).replace("T", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return (text[:LONGEST_VALUE] + "…") if len(text) > LONGEST_VALUE else text or "(empty)"
