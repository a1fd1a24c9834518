"""The languages' catalogues, against each other and against the code that reads them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from klarna_shop.assembly import House
from klarna_shop.shop.access.decision import Rule
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.offers import OfferKind, PeriodUnit
from klarna_shop.shop.paywalls.targeting import TargetingRule
from klarna_shop.shop.withdrawal import Outcome, Standing
from klarna_shop.ui import languages as words
from klarna_shop.ui.account import views
from klarna_shop.ui.checkout.wrong_fields import FIELDS
from klarna_shop.ui.frame.hindrance import REASONS
from klarna_shop.ui.routes import pages

UI = Path(words.__file__).parent
LANGUAGES = words.languages()
LAST_PAGE = ["title", "sentence", "money", "buying", "contact", "quote"]
"""Read when the front end is built."""
WORDS_WHILE_RUNNING = {
    "offer.badge": [kind.value for kind in OfferKind if kind is not OfferKind.PACKAGE],
    "offer.binding": ["recurring", "turns", "limited"],
    "offer.notice": ["recurring", "turns", "limited"],
    **{
        f"withdrawal_letter.{reader}": [
            "money",
            "closed",
            *(outcome.value for outcome in Outcome if outcome is not Outcome.RECORDED),
            *(f"{Outcome.RECORDED.value}.{standing.value}" for standing in Standing),
        ]
        for reader in ("reader", "seller")
    },
    "period": [f"{unit.value}.{form}" for unit in PeriodUnit for form in ("one", "other")],
    "period.per": [unit.value for unit in PeriodUnit],
    "why.rule": [rule.value for rule in Rule],
    "why.kind": ["free", "metered", "premium"],
    "why.entitlement": ["yes", "no", "unknown"],
    "failure": ["title", "database", "unexpected", "form_again", "later", "again", "incident"],
    "why.purchase": ["yes", "no", "unknown"],
    "why.meter": ["count", "no_cookie"],
    "why.dismissal": ["yes", "no"],
    "why.reader": ["anonymous", "signed_in", "lapsed", "visit", "no_visit"],
    "why.device": ["phone", "tablet", "desktop", "unknown"],
    "preview": ["expired", "refused", "design_missing"],
    "why.targeting": [rule.value for rule in TargetingRule],
    "sign_in.attempts_left": ["one", "other"],
    "checkout.field": list(FIELDS),
    "account.state": [*views.STATES, "unknown"],
    "account.order": [*views.ORDER_STATES, "unknown"],
    "account.payment": ["paid", "failed", "pending"],
    "account.line": [
        f"{kind}{form}" for kind in ("cancelled", "deactivated", "refused") for form in ("", "_without_date")
    ],
    "hindrance": list(REASONS),
    "last_page": LAST_PAGE,
    "account.cancel": ["keeps", "keeps_without_date"],
    "account.detail": ["name", "address", "delivery_address", "birth_date", "personal_number", "mobile"],
}
"""Keys that a state puts together from a word of its own, by their beginning."""


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def constants() -> Iterator[str]:
    """Every string that stands in the screens' code."""
    for file in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def named_in_calls() -> Iterator[tuple[str, str]]:
    """The keys written out in calls of `text` and `counted`, with their file."""
    for file in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"text", "counted", "_filled"}
                and len(node.args) > 1
                and isinstance(key := node.args[1], ast.Constant)
                and isinstance(key.value, str)
            ):
                suffixes = (".one", ".other") if node.func.id == "counted" else ("",)
                yield from ((f"{key.value}{suffix}", file.name) for suffix in suffixes)


class Recorded(dict[str, str]):
    """A catalogue that remembers what was read."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__(texts)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return super().__getitem__(key)


def read_by_pages(monkeypatch: pytest.MonkeyPatch, language: str) -> set[str]:
    """The keys that building every page of a language reads. A key that is missing raises here."""
    recorded = Recorded(words.catalogue(language))
    others = {other: words.catalogue(other) for other in LANGUAGES if other != language}
    monkeypatch.setattr(words, "catalogue", lambda asked: others.get(asked, recorded))
    for page in pages():
        if page.language == language:
            page.content()
    return recorded.read


def while_running() -> set[str]:
    return {f"{start}.{end}" for start, ends in WORDS_WHILE_RUNNING.items() for end in ends}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_everything_the_default_says_and_nothing_else(language: str) -> None:
    assert set(words.catalogue(language)) == set(words.catalogue(words.DEFAULT_LANGUAGE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_translation_has_the_same_places_to_fill(language: str) -> None:
    default = words.catalogue(words.DEFAULT_LANGUAGE)
    differing = [
        key for key, text in words.catalogue(language).items() if places(text) != places(default[key])
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_there_twice_or_without_a_text(language: str) -> None:
    source = (UI / "messages" / f"{language}.po").read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', source, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(words.catalogue(language))


def test_every_key_that_the_code_names_is_there() -> None:
    there = set(words.catalogue(words.DEFAULT_LANGUAGE))
    assert [use for use in named_in_calls() if use[0] not in there] == []
    assert while_running() - there == set()


IN_ENGLISH = {"studio", "shared_preview"}
"""Rooms without a translation: the studio is in English."""
SAID = {"aria_label", "title", "alt", "placeholder", "aria_roledescription"}
"""Properties that are read to somebody."""


def literal_texts() -> Iterator[str]:
    """Words that stand in an element of a readers' page itself."""
    for file in UI.rglob("*.py"):
        if IN_ENGLISH & set(file.relative_to(UI).parts):
            continue
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not ast.unparse(call.func).startswith("rx.el."):
                continue
            given = [*call.args, *(one.value for one in call.keywords if one.arg in SAID)]
            for one in given:
                if (
                    isinstance(one, ast.Constant)
                    and isinstance(one.value, str)
                    and re.search(r"[^\W\d_]{2,}", one.value)
                ):
                    yield f"{file.relative_to(UI)}:{one.lineno} {one.value!r}"


def test_no_words_stand_in_the_code_of_a_page() -> None:
    assert list(literal_texts()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_find_all_their_texts_and_no_text_is_left_over(
    house: House, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    install_shop(house.shop)
    there = set(words.catalogue(language))
    used = read_by_pages(monkeypatch, language) | while_running() | set(constants())
    assert sorted(there - used) == []
