"""The front matter of an article file: read as YAML, checked field by field, every problem kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Protocol, TypeVar

from klarna_shop.shop.articles.model import ArticleKind, Placement
from klarna_shop.shop.articles.yaml_fields import YamlFault, YamlField, read_fields
from klarna_shop.text_check import TAKES, lost_letters

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIELDS = (
    "title",
    "standfirst",
    "section",
    "section_code",
    "byline",
    "published",
    "updated",
    "kind",
    "illustration",
    "illustration_alt",
    "caption",
    "illustration_credit",
    "placement",
    "tags",
    "access_codes",
)

EARLIEST, LATEST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""Times between which every zone and every format can write them: RFC 3339 takes years of four digits."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_SHOWN = 80

Choice = TypeVar("Choice", bound=StrEnum)


class Report(Protocol):
    """Takes a problem: field, what stands there, what it takes, and its line in the file."""

    def __call__(self, field: str, got: str, takes: str, line: int = 0) -> None:
        """Keep it."""


@dataclass(slots=True)
class FrontMatter:
    """The checked fields. Where a problem was reported, the field holds a harmless default."""

    title: str = ""
    standfirst: str = ""
    section: str = ""
    section_code: str = ""
    byline: str = ""
    published: datetime = _NEVER
    updated: datetime | None = None
    kind: ArticleKind = ArticleKind.PREMIUM
    placement: Placement = Placement.STANDARD
    illustration: str = ""
    illustration_alt: str = ""
    caption: str = ""
    illustration_credit: str = ""
    tags: tuple[str, ...] = field(default=())
    access_codes: tuple[str, ...] = field(default=())
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each field that is there, from 1 in the file."""


def split(source: str) -> tuple[int, str, str] | str:
    """Part a file into its YAML and its Markdown.

    Returns:
        The line in which the YAML begins, the YAML between two lines ``---``, and all that follows them;
        or in words what the file begins with instead.
    """
    blank = len(source) - len(source.lstrip("\n"))
    match = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL).match(source, blank)
    if match is not None:
        return blank + 2, match[1] or "", source[match.end() :]
    first = source.strip().partition("\n")[0].strip()
    if not first:
        return "an empty file"
    if first == "---":
        return "front matter that is never closed"
    if first.startswith("+++"):
        return "front matter in TOML (+++)"
    return "front matter in JSON" if first.startswith(("{", ";;;")) else "no front matter"


def read(source: str, report: Report, first_line: int = 2) -> FrontMatter:
    """Check the YAML of one article. Everything wrong goes to ``report``."""
    try:
        data = read_fields(source, first_line)
    except YamlFault as fault:
        takes = "lines such as title: …; a text with a colon, a bracket or a brace in it stands in quotes"
        report("", str(fault), takes, fault.line)
        return FrontMatter()
    for name, found in data.items():
        if name not in FIELDS:
            close = get_close_matches(name, FIELDS, n=1)
            hint = f"{close[0]}, or another of its fields" if close else ", ".join(FIELDS)
            report(name, "a field that does not exist", hint, found.line)
    fields = _Fields(data, report, first_line)
    matter = FrontMatter(
        title=fields.text("title", required=True),
        standfirst=fields.text("standfirst", required=True),
        section=fields.text("section", required=True),
        section_code=fields.slug("section_code"),
        byline=fields.text("byline", required=True),
        published=fields.time("published", required=True) or _NEVER,
        updated=fields.time("updated"),
        kind=fields.choice("kind", ArticleKind, None) or ArticleKind.PREMIUM,
        placement=fields.choice("placement", Placement, Placement.STANDARD) or Placement.STANDARD,
        illustration=fields.text("illustration"),
        illustration_alt=fields.text("illustration_alt", required="illustration" in data),
        caption=fields.text("caption"),
        illustration_credit=fields.text("illustration_credit"),
        tags=fields.texts("tags"),
        access_codes=fields.texts("access_codes"),
        lines={name: found.line for name, found in data.items()},
    )
    if matter.updated and matter.updated < matter.published:
        fields.refuse("updated", "a time before published", "a time after published")
    return matter


class _Fields:
    def __init__(self, data: Mapping[str, YamlField], report: Report, first_line: int) -> None:
        self._data = data
        self._first_line = first_line
        self._report = report

    def refuse(self, name: str, got: str, takes: str) -> None:
        found = self._data.get(name)
        self._report(name, got, takes, found.line if found else self._first_line)

    def text(self, name: str, *, required: bool = False) -> str:
        value = self._data[name].value if name in self._data else ""
        if not isinstance(value, str):
            self.refuse(name, _kind_of(value), "one text")
            return ""
        if self._lost(name, value):
            return ""
        value = " ".join(value.split())
        if required and not value:
            self.refuse(name, "an empty text" if name in self._data else "nothing", "a text")
        return value

    def slug(self, name: str) -> str:
        value = self.text(name, required=True)
        if value and not SLUG.fullmatch(value):
            self.refuse(name, _shown(value), "small letters a-z and digits, parted by single hyphens")
        return value

    def time(self, name: str, *, required: bool = False) -> datetime | None:
        value = self.text(name, required=required)
        if not value:
            return None
        moment: datetime | None = None
        try:
            written = datetime.fromisoformat(value)
            moment = written.astimezone(UTC).replace(microsecond=0) if written.tzinfo else None
        except (ValueError, OverflowError):
            pass
        if moment is None:
            self.refuse(name, _shown(value), "a time with its offset, such as 2026-11-20T06:00:00+01:00")
            return None
        if not EARLIEST <= moment < LATEST:
            self.refuse(name, _shown(value), f"a time from {EARLIEST:%Y} to {LATEST.year - 1}")
            return None
        return moment

    def choice(self, name: str, choices: type[Choice], default: Choice | None) -> Choice | None:
        value = self.text(name, required=default is None)
        if not value:
            return default
        try:
            return choices(value)
        except ValueError:
            self.refuse(name, _shown(value), " | ".join(choices))
            return default

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._data[name].value if name in self._data else []
        if value == "":
            return ()
        if not isinstance(value, list) or not all(item.strip() for item in value):
            self.refuse(name, _kind_of(value), "a list of texts, such as [one, two]")
            return ()
        if self._lost(name, value):
            return ()
        return tuple(item.strip() for item in value)

    def _lost(self, name: str, value: str | list[str]) -> bool:
        """True if letters are lost, which escapes of YAML can hide from a look at the file."""
        reason = next((reason for _, reason in lost_letters(value)), "")
        if reason:
            self.refuse(name, reason, TAKES)
        return bool(reason)


def _kind_of(value: str | list[str] | None) -> str:
    if value is None:
        return "a mapping, or a list with something else than texts"
    return "a list" if isinstance(value, list) else _shown(value)


def _shown(value: str) -> str:
    return repr(value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…")
