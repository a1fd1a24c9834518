"""Experiments and funnels in words, pictures and files: what is said is what was computed."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from klarna_shop.shop.experiments.assignment import Allocation, Variant
from klarna_shop.shop.experiments.confidence import Difference, Outcomes
from klarna_shop.shop.experiments.experiment import Experiment, ExperimentStatus
from klarna_shop.shop.funnel import STEPS, Dimension, FunnelFilter
from klarna_shop.shop.funnel.walks import Walk, funnel_of
from klarna_shop.shop.paywalls.document import AccessModel, PaywallDesign
from klarna_shop.shop.paywalls.standard import standard_design
from klarna_shop.ui.studio.experiments.plot import lift_svg
from klarna_shop.ui.studio.experiments.views import warnings
from klarna_shop.ui.studio.experiments.words import conclusion, days, percent, signed_percent
from klarna_shop.ui.studio.funnel.export import funnel_table
from klarna_shop.ui.studio.funnel.views import group_rows, step_rows
from klarna_shop.ui.studio.funnel.words import duration, share
from klarna_shop.ui.studio.spreadsheets import SpreadsheetFormat, Table, guarded, written

STANDARD = standard_design()
FEW, MANY = Outcomes(10, 1, 1), Outcomes(1000, 40, 40)


@pytest.mark.parametrize(
    ("control", "other", "lift", "said", "tone"),
    [
        (FEW, MANY, None, "Too early: each variant needs 50", ""),
        (MANY, Outcomes(1000, 2, 2), None, "Too early: each variant needs 20 orders", ""),
        (MANY, MANY, Difference(0.18, 0.03, 0.35), "Brings more orders: 3.0% to 35% more", "success"),
        (MANY, MANY, Difference(-0.2, -0.31, -0.04), "Brings less orders: 4.0% to 31% less", "warning"),
        (MANY, MANY, Difference(0.02, -0.05, 0.12), "lift lies within −5.0% to +12%", ""),
    ],
    ids=["few visitors", "few orders", "more", "less", "open"],
)
def test_what_is_concluded(
    control: Outcomes, other: Outcomes, lift: Difference | None, said: str, tone: str
) -> None:
    words, look = conclusion(control, other, lift, "orders")
    assert said in words
    assert look == tone


def test_numbers_in_words() -> None:
    assert (percent(0.042), percent(0.0052), percent(0)) == ("4.2%", "0.52%", "0.0%")
    assert (signed_percent(0.18), signed_percent(-0.025), signed_percent(99)) == (
        "+18%",
        "−2.5%",
        "over +1000%",
    )
    assert [days(one) for one in (0.4, 1, 12.3, 150, 5000)] == [
        "under a day",
        "about 1 day",
        "about 12 days",
        "about 5 months",
        "about 14 years",
    ]
    assert [duration(one) for one in (None, 4.21, 200, 9000, 400_000)] == [
        "–",
        "4.2 s",
        "3 min",
        "2.5 h",
        "4.6 days",
    ]
    assert (share(1, 0), share(1, 8), share(1, 1000)) == ("–", "12.5%", "0.10%")


LIFTS = st.tuples(st.floats(-0.99, 5), st.floats(0, 3), st.floats(0, 9)).map(
    lambda one: Difference(one[0], max(-1.0, one[0] - one[1]), one[0] + one[2])
)


@given(st.lists(st.none() | LIFTS, max_size=90), st.text(max_size=40))
def test_any_course_of_lifts_can_be_drawn(lifts: list[Difference | None], name: str) -> None:
    name = re.sub(r"[^\w <&>\"']", "", name)
    start = date(2026, 11, 1)
    svg = lift_svg(name, [(start + timedelta(days=n), lift) for n, lift in enumerate(lifts)])
    if not any(lifts):
        assert svg == ""
        return
    drawn = ElementTree.fromstring(svg)  # noqa: S314 - our own
    assert name in (drawn.get("aria-label") or "")
    numbers = [float(one) for one in re.findall(r'(?:cx|cy|x1|x2|y1|y2)="(-?[\d.]+)"', svg)]
    assert all(-1 <= number <= 721 for number in numbers)


def _experiment() -> Experiment:
    variants = (Variant("A", "standard"), Variant("B", "other"))
    return Experiment(
        "words",
        "Words",
        "",
        ExperimentStatus.DRAFT,
        Allocation("x", variants),
        datetime(2026, 11, 1, tzinfo=UTC),
    )


def _with_access(**changes: object) -> PaywallDesign:
    return STANDARD.model_copy(update={"access": STANDARD.access.model_copy(update=changes)})


def test_designs_that_let_others_read_are_warned_of() -> None:
    assert warnings(_experiment(), {"standard": STANDARD, "other": STANDARD}) == []
    assert warnings(_experiment(), {"standard": STANDARD, "other": _with_access(model=AccessModel.HARD)})
    other = _with_access(model=STANDARD.access.model, free_articles=9)
    assert bool(warnings(_experiment(), {"standard": STANDARD, "other": other})) is (
        STANDARD.access.model is AccessModel.METERED
    )


def test_a_file_holds_every_number_and_no_formula() -> None:
    start = datetime(2026, 11, 2, 8, tzinfo=UTC)
    sources = ("=cmd|' /C calc'!A0", "@x", "news")
    walks = [
        Walk(source, [start + timedelta(seconds=n) for n in range(place + 1)])
        for place, source in enumerate(sources)
    ]
    wanted = FunnelFilter(
        date(2026, 11, 1), date(2026, 11, 30), only=((Dimension.ARTICLE, "-1+1"),), by=Dimension.SOURCE
    )
    funnel = funnel_of(walks, Dimension.SOURCE, (7,) * len(STEPS))
    table = funnel_table(funnel, wanted)
    plain = list(
        csv.DictReader(io.StringIO(written(table, SpreadsheetFormat.PLAIN_CSV).decode(), newline=""))
    )
    text = written(table, SpreadsheetFormat.SWEDISH_CSV)
    assert text.startswith(b"\xef\xbb\xbf")
    swedish = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";"))
    for rows in (plain, swedish):
        assert len(rows) == len(STEPS) * (1 + len(sources))
        assert [int(row["visitors"]) for row in rows[:4]] == [3, 2, 1, 0]
        assert rows[0]["visitors_in_period_before"] == "7"
        assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
        assert {row["value"] for row in rows} >= {"'" + sources[0], "'@x", "news"}
    assert (plain[1]["share_of_first_step"], swedish[1]["share_of_first_step"]) == ("0.666667", "0,666667")
    sheet = load_workbook(io.BytesIO(written(table, SpreadsheetFormat.XLSX))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(table.head)
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    assert sheet.cell(2, 8).value == 3


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{begin}1+1"
            for begin in (
                "=",
                "+",
                "-",
                "@",
                "\t",
                "\r",
                "\n",
                "＝",
                "＋",
                "－",
                "＠",
                "﹦",
                "﹢",
                "﹣",
                "﹫",
            )
        ),
        *(
            f"{begin}=1"
            for begin in ("\ufeff", " ", "\xa0", "\u3000", '"', "'", "\u200b", "\u200e", "\x00", "\x01 ")
        ),
        "a;=1",
        "a,＝1",
        "a\n=1",
        "a\t=1",
        "a|@x",
    ],
)
def test_nothing_that_a_spreadsheet_takes_for_a_formula_stays_one(text: str) -> None:
    table = Table("one", ("head", text), [(text, 1)])
    for kind, delimiter in ((SpreadsheetFormat.PLAIN_CSV, ","), (SpreadsheetFormat.SWEDISH_CSV, ";")):
        for row in csv.reader(
            io.StringIO(written(table, kind).decode("utf-8-sig"), newline=""), delimiter=delimiter
        ):
            for cell in row:
                for piece in re.split(r"[;,|\t\r\n]", cell):
                    plain = unicodedata.normalize("NFKC", piece).strip(' "\ufeff\u200b\u200e\x00\x01\xa0')
                    assert plain[:1] not in set("=+-@"), cell
    sheet = load_workbook(io.BytesIO(written(table, SpreadsheetFormat.XLSX))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet for cell in row} == {"s", "n"}


def test_numbers_and_words_are_left_alone() -> None:
    for text in ("news", "a-b", "a = b", "1;2", "e@f.example", "å", ""):
        assert guarded(text) == text


def test_steps_and_groups_of_nobody_have_no_division_by_it() -> None:
    funnel = funnel_of([], Dimension.DEVICE, (0,) * len(STEPS))
    assert [row.count for row in step_rows(funnel)] == [0] * len(STEPS)
    assert group_rows(funnel, Dimension.DEVICE) == []
