"""The funnel of walks: closed, conserved, and the same as by the plainest way of counting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.funnel import STEPS, Dimension, Funnel
from klarna_shop.shop.funnel.steps import BESIDE, REASONS
from klarna_shop.shop.funnel.walks import Walk, funnel_of
from klarna_shop.shop.measurement import EventName

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
VISITORS = ("one", "two", "three", "four")
Told = tuple[str, str, datetime, str, str]
"""Visitor, event, when, outcome, offer."""
_NAMES = [name.value for name in (*STEPS, *BESIDE, *REASONS, EventName.CANCELLED)]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(VISITORS),
        st.sampled_from(_NAMES),
        st.integers(-60, 3600).map(lambda seconds: START + timedelta(seconds=seconds)),
        st.sampled_from(["", "closed", "refused"]),
        st.sampled_from(["", "digital|1", "plus|2"]),
    ),
    max_size=120,
).map(lambda events: sorted(events, key=lambda event: event[2]))


def walks_of(events: Sequence[Told]) -> dict[str, Walk]:
    """By visitor; those who saw a wall, each from their first one on."""
    walks: dict[str, Walk] = {}
    for visitor, name, at, *_ in events:
        if name == STEPS[0] and visitor not in walks:
            walks[visitor] = Walk("phone" if len(visitor) > 3 else "desktop", [at])
    for visitor, name, at, outcome, offer in events:
        if visitor in walks:
            walks[visitor].go_on(name, at, outcome, offer)
    return walks


def test_a_walk_takes_each_step_after_the_one_before() -> None:
    events = [
        ("one", name, START + timedelta(seconds=place * 10), "", "") for place, name in enumerate(STEPS)
    ]
    funnel = funnel_of(list(walks_of(events).values()), None)
    assert funnel.visitors == (1,) * len(STEPS)
    assert {step.median for step in funnel.steps[1:]} == {10.0}
    assert funnel.steps[0].median is None
    assert not any(step.left for step in funnel.steps)


def test_what_was_done_too_early_is_not_done() -> None:
    wall = START + timedelta(hours=1)
    walk = Walk("", [wall])
    for name in STEPS:
        walk.go_on(name.value, START, "", "")
    walk.go_on(STEPS[2].value, wall, "", "")
    assert walk.times == [wall]


def test_who_leaves_says_why_or_nothing() -> None:
    def went(visitor: str, *more: tuple[EventName, str]) -> list[Told]:
        steps = [*((name, "") for name in STEPS[:8]), *more]
        return [(visitor, name, START + timedelta(seconds=n), why, "") for n, (name, why) in enumerate(steps)]

    events = [
        *went("one", (EventName.AUTHORIZE_ENDED, "closed")),
        *went("two", (EventName.AUTHORIZE_ENDED, "closed"), (EventName.PURCHASE_ENDED, "klarna_refused")),
        *went("three", (EventName.AUTHORIZE_ENDED, "closed")),
        *went("four"),
    ]
    left = funnel_of(list(walks_of(events).values()), None).steps[7].left
    assert [(one.name, one.outcome, one.visitors) for one in left] == [
        ("authorize_ended", "closed", 2),
        ("purchase_ended", "klarna_refused", 1),
        ("", "", 1),
    ]


def test_a_reason_is_forgotten_once_the_visitor_goes_on() -> None:
    order = [*STEPS[:8], EventName.AUTHORIZE_ENDED, *STEPS[8:10]]
    events = [("one", name.value, START + timedelta(seconds=n), "closed", "") for n, name in enumerate(order)]
    left = funnel_of(list(walks_of(events).values()), None).steps[9].left
    assert [(one.name, one.visitors) for one in left] == [("", 1)]


@given(EVENTS)
def test_no_step_exceeds_the_one_before_and_nobody_is_lost(events: list[Told]) -> None:
    walks = walks_of(events)
    for by in (Dimension.DEVICE, Dimension.OFFER):
        stayed = {"phone": 3} if by is Dimension.DEVICE else {"": 3}
        funnel = funnel_of(list(walks.values()), by, stayed=stayed)
        counts = funnel.visitors
        assert counts[0] == len(walks) + 3
        assert all(one >= two for one, two in pairwise(counts))
        for place, step in enumerate(funnel.steps[:-1]):
            assert sum(one.visitors for one in step.left) == counts[place] - counts[place + 1]
        assert tuple(map(sum, zip(*(group.visitors for group in funnel.groups), strict=True))) == counts
        _steps_make_sense(funnel)


@given(EVENTS)
def test_each_step_is_the_first_of_its_kind_at_or_after_the_step_before(events: list[Told]) -> None:
    for visitor, walk in walks_of(events).items():
        mine = [event for event in events if event[0] == visitor]
        place = next(n for n, event in enumerate(mine) if event[1] == STEPS[0])
        for number, step in enumerate(STEPS):
            later = [n for n in range(place + (number > 0), len(mine)) if mine[n][1] == step]
            if not later:
                assert len(walk.times) == number
                break
            place = later[0]
            assert walk.times[number] == mine[place][2]


def _steps_make_sense(funnel: Funnel) -> None:
    for step in funnel.steps[1:]:
        if step.visitors:
            assert step.median is not None
            assert step.ninth_decile is not None
            assert 0 <= step.median <= step.ninth_decile
        else:
            assert step.median is step.ninth_decile is None
