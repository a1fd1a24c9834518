"""The front matter of an article file: read as YAML, checked field by field, every problem kept."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from klarna_shop.shop.articles.model import ArticleKind, Placement

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

_NEVER = datetime.min.replace(tzinfo=UTC)

Choice = TypeVar("Choice", bound=StrEnum)
Report = Callable[[str, str, str], None]
"""Called with field, what stands there, what it takes."""


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


class _TextLoader(yaml.BaseLoader):
    """YAML in which every scalar stays text: a title "No" or "2026" is a title. No key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def split(source: str) -> tuple[str, str] | None:
    """The YAML between the two ``---`` lines, and the Markdown after it; None without such lines."""
    match = re.match(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", source, re.DOTALL)
    return (match[1] or "", source[match.end() :]) if match else None


def read(source: str, report: Report) -> FrontMatter:
    """Check the YAML of one article. Everything wrong goes to ``report``."""
    try:
        data = yaml.load(source, Loader=_TextLoader)  # noqa: S506 - builds texts, lists and mappings only
    except yaml.YAMLError as error:
        report("", _describe(error), "YAML; a text with a colon or a quotation mark in it stands in quotes")
        return FrontMatter()
    if not isinstance(data, dict):
        report("", "front matter without fields", "lines such as title: …")
        return FrontMatter()
    for name in data:
        if name not in FIELDS:
            close = get_close_matches(str(name), FIELDS, n=1)
            hint = f"{close[0]}, or another of its fields" if close else ", ".join(FIELDS)
            report(str(name), "a field that does not exist", hint)
    fields = _Fields(data, report)
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
    )
    if matter.updated and matter.updated < matter.published:
        report("updated", repr(data["updated"]), "a time after published")
    return matter


def _describe(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        # The mark counts from 0, and the file has a line --- above the YAML.
        return f"{error.problem} in line {error.problem_mark.line + 2}"
    return "front matter that cannot be read"


class _Fields:
    def __init__(self, data: dict[str, Any], report: Report) -> None:
        self._data = data
        self._report = report

    def text(self, name: str, *, required: bool = False) -> str:
        value: object = self._data.get(name, "")
        if not isinstance(value, str):
            self._report(name, _kind_of(value), "one text")
            return ""
        value = " ".join(value.split())
        if required and not value:
            self._report(name, "an empty text" if name in self._data else "nothing", "a text")
        return value

    def slug(self, name: str) -> str:
        value = self.text(name, required=True)
        if value and not SLUG.fullmatch(value):
            self._report(name, repr(value), "small letters a-z and digits, parted by single hyphens")
        return value

    def time(self, name: str, *, required: bool = False) -> datetime | None:
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._report(name, repr(value), "a time with its offset, such as 2026-11-20T06:00:00+01:00")
            return None
        return moment.astimezone(UTC)

    def choice(self, name: str, choices: type[Choice], default: Choice | None) -> Choice | None:
        value = self.text(name, required=default is None)
        if not value:
            return default
        try:
            return choices(value)
        except ValueError:
            self._report(name, repr(value), " | ".join(choices))
            return default

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._data.get(name, [])
        if value == "":
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self._report(name, _kind_of(value), "a list of texts, such as [one, two]")
            return ()
        return tuple(item.strip() for item in value)


def _kind_of(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    return "a list with something else than texts" if isinstance(value, list) else repr(value)
