"""What the editor of designs does without a browser: undo, what a form sends, the history in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from klarna_shop.shop.paywalls.changing import WrongValue
from klarna_shop.shop.paywalls.checks import Source, sources
from klarna_shop.shop.paywalls.difference import FieldChange
from klarna_shop.shop.paywalls.document.fields import field_facts
from klarna_shop.shop.paywalls.stored import Change, HistoryEntry
from klarna_shop.ui.studio.paywalls.editor.moments import moment_shown
from klarna_shop.ui.studio.paywalls.editor.steps import MOST_LETTERS, MOST_STEPS, SAME_STEP_SECONDS, Steps
from klarna_shop.ui.studio.paywalls.editor.typed import LONGEST, document_value
from klarna_shop.ui.studio.paywalls.editor.words import place_of
from klarna_shop.ui.studio.paywalls.rules import shop_rules
from klarna_shop.ui.studio.paywalls.versions.views import difference_rows, history_rows

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2026-12-01T07:00:00Z", "2026-12-01T08:00"),
        ("2026-07-01T06:00:00+00:00", "2026-07-01T08:00"),
        ("9999-12-31T23:30:00Z", "9999-12-31T23:30"),
    ],
)
def test_moments_are_shown_on_the_clock_on_which_they_are_typed(kept: str, shown: str) -> None:
    assert moment_shown(kept) == shown
    change = FieldChange("targeting.starts_at", None, kept)
    assert [row.after for row in difference_rows([change])] == [shown.replace("T", " ")]


def test_an_undo_gives_back_what_was_there_and_a_redo_what_was_undone() -> None:
    steps = Steps().done("a", "title", 0).done("b", "lead", 0)
    undone = steps.undone("c")
    assert undone
    document, steps = undone
    assert document == "b"
    redone = steps.redone(document)
    assert redone
    assert redone[0] == "c"
    assert redone[1].undone("c") == ("b", Steps(("a",), ("c",)))


def test_typing_that_goes_on_in_one_field_is_one_step() -> None:
    steps = Steps().done("", "title", 0).done("L", "title", 0.4).done("Lä", "title", 0.8)
    assert steps.undo == ("",)
    assert steps.done("Läs", "title", 0.9 + SAME_STEP_SECONDS).undo == ("", "Läs")
    assert steps.done("Läs", "lead", 0.9).undo == ("", "Läs")


def test_a_new_change_ends_what_could_be_done_again() -> None:
    undone = Steps().done("a", "title", 0).undone("b")
    assert undone
    assert undone[1].done("a", "lead", 9).redo == ()


def test_nothing_is_undone_that_was_not_done() -> None:
    assert Steps().undone("a") is None
    assert Steps().redone("a") is None


def test_steps_are_bounded_in_number_and_size() -> None:
    steps = Steps()
    for number in range(3 * MOST_STEPS):
        steps = steps.done(str(number), "", number * 10)
    assert len(steps.undo) == MOST_STEPS
    assert steps.undo[-1] == str(3 * MOST_STEPS - 1)
    for number in range(10):
        steps = steps.done("x" * (MOST_LETTERS // 4), "", 1000 + number * 10)
    assert sum(map(len, steps.undo)) <= MOST_LETTERS


@pytest.mark.parametrize(
    ("path", "sent", "value"),
    [
        ("copy.sv.title", "Läs\nvidare", "Läs vidare"),
        ("access.free_articles", "", None),
        ("access.free_articles", " 5 ", 5),
        ("theme.light.brand", "#A0B1C2", "#a0b1c2"),
        ("teaser.fade", False, False),
        ("targeting.starts_at", "2026-12-01T08:00", "2026-12-01T07:00:00Z"),
        ("targeting.starts_at", "2026-07-01T08:00", "2026-07-01T06:00:00Z"),
        ("targeting.traffic_sources", "brev, , facebook,brev", ["brev", "facebook"]),
        ("offers.preselected", "", None),
    ],
)
def test_what_a_form_sends_becomes_what_the_document_holds(path: str, sent: object, value: object) -> None:
    facts = field_facts(path)
    assert facts
    assert document_value(facts, sent) == value


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("access.free_articles", "five"),
        ("access.free_articles", "٣"),
        ("access.free_articles", "9" * 5000),
        ("targeting.priority", ""),
        ("teaser.fade", "true"),
        ("targeting.starts_at", "2026"),
        ("targeting.starts_at", "2026-13-01T08:00"),
        ("targeting.starts_at", "0001-01-01T00:00"),
        ("copy.sv.title", {"a": 1}),
        ("copy.sv.title", None),
        ("copy.sv.title", "x" * (LONGEST + 1)),
        ("copy.sv", "all of it"),
        ("offers.listed", "digital"),
    ],
)
def test_what_no_field_takes_is_refused_with_a_sentence(path: str, sent: object) -> None:
    facts = field_facts(path)
    assert facts
    with pytest.raises(WrongValue, match=r"\.$"):
        document_value(facts, sent)


def test_a_path_is_told_in_words() -> None:
    assert place_of("copy.sv.buy") == "Copy · Swedish · Buy button"
    assert place_of("offers.listed.1.badge.en") == "Offers · 2 · Badge · English"
    assert place_of("targeting.priority") == "Targeting · Priority"
    assert place_of("") == "The design as a whole"


def test_every_rule_of_the_shop_that_a_check_names_is_in_its_document() -> None:
    named = [
        source.title.rpartition(": ")[2]
        for source in vars(sources).values()
        if isinstance(source, Source) and not source.url
    ]
    headings = [heading for heading, text in shop_rules() if text.strip()]
    assert named
    assert set(headings) == set(named)


def test_drafts_saved_in_one_sitting_are_one_line_of_the_history() -> None:
    def entry(minutes: int, what: Change, summary: str = "", version: int | None = None) -> HistoryEntry:
        return HistoryEntry(NOW - timedelta(minutes=minutes), "slug", what, version, summary)

    rows = history_rows(
        [
            entry(0, Change.SAVED, "copy.sv.title"),
            entry(5, Change.SAVED, "copy.sv.title, copy.sv.buy"),
            entry(50, Change.SAVED, "theme.font"),
            entry(60, Change.PUBLISHED, "copy.sv.lead and 3 more", 2),
            entry(61, Change.SAVED, "copy.sv.lead"),
        ]
    )
    assert [row.what for row in rows] == [
        "Draft saved 2 times since 12:55",
        "Draft saved",
        "Published as version 2",
        "Draft saved",
    ]
    assert rows[0].places == ["Copy · Swedish · Title", "Copy · Swedish · Buy button"]
