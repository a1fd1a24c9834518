"""What the flows' page shows of a step, and the picture it draws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from klarna_shop.shop.flows.sequence import Lane, messages
from klarna_shop.shop.flows.steps import Party
from klarna_shop.shop.flows.timeline import TimelineStep
from klarna_shop.ui.studio.flows.diagram import sequence_svg
from klarna_shop.ui.studio.flows.views import step_detail, step_rows

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def step(key: str, party: Party, operation: str, **facts: object) -> TimelineStep:
    return TimelineStep(key, NOW, party, operation, **facts)  # type: ignore[arg-type]


def test_the_picture_is_well_formed_whatever_is_said_in_it() -> None:
    hostile = "</text><script>alert(1)</script>&\"'"
    steps = [
        step("s1", Party.PAGE, hostile),
        step("s2", Party.PAYWAY, hostile, error=hostile, milliseconds=1.0),
    ]
    drawn = sequence_svg(messages(steps), hostile)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - made here
    assert not [element for element in root.iter() if element.tag == "script"]
    assert hostile in [element.text for element in root.iter("title")]


def test_the_picture_has_a_lane_for_each_party_and_a_name() -> None:
    root = ElementTree.fromstring(sequence_svg([], "abcdefghijk"))  # noqa: S314 - made here
    assert [element.text for element in root.iter("text")] == [lane.value for lane in Lane]
    assert root.findtext("title") == "Sequence of purchase abcdefgh"
    assert root.get("aria-labelledby") == "sequence-title sequence-description"


def test_calls_at_once_are_drawn_as_they_were_asked_and_answered() -> None:
    slow = step("s1", Party.PAYWAY, "GET /slow", milliseconds=50.0, status="200")
    quick = step("s2", Party.PAYWAY, "GET /quick", milliseconds=5.0, status="503", error="HTTP 503")
    drawn = messages([slow, quick])
    assert [(message.key, message.answer, message.failed) for message in drawn] == [
        ("s1", False, False),
        ("s2", False, False),
        ("s2", True, True),
        ("s1", True, False),
    ]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "+0.00 s"), (-1.5, "−1.50 s"), (75, "+1 min 15 s"), (7265, "+2 h 1 min"), (-90, "−1 min 30 s")],
)
def test_a_row_tells_how_long_after_the_purchase_was_opened(seconds: float, told: str) -> None:
    (row,) = step_rows([step("s1", Party.PAGE, "picker opened")], NOW - timedelta(seconds=seconds))
    assert row.after == told


def test_the_detail_names_what_is_kept_and_what_is_not() -> None:
    call = step(
        "s1",
        Party.PAYWAY,
        "POST /v1/things",
        request={"headers": {"accept": "application/json"}, "body": {"code": "a"}},
        response={"bytes": 70_000},
    )
    detail = step_detail(call, "p" * 32)
    assert [(part.name, part.text) for part in detail.parts] == [
        ("Request headers", "accept: application/json"),
        ("Request body", '{\n  "code": "a"\n}'),
        ("Response body", "70000 bytes, which are not kept"),
    ]
    assert detail.curl
    assert detail.address == f"/studio/flows?purchase={'p' * 32}&step=s1"
