"""Lift by day with its interval, as SVG. Colours come from the stylesheet; a table has the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from klarna_shop.shop.experiments.confidence import Difference
from klarna_shop.ui.studio.experiments.words import between, signed_percent

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 14, 34
WIDEST = 2.5
"""How many times the last interval may fill the picture: the first ones are so wide that no other showed."""
Point = tuple[date, Difference | None]


def lift_svg(name: str, points: Sequence[Point]) -> str:
    """The picture of one variant; empty where no day says anything."""
    said = [(place, one) for place, (_, one) in enumerate(points) if one is not None]
    if not said:
        return ""
    low, high = _limits([one for _, one in said])
    last = said[-1][1]
    label = f"{name}: lift of orders per visitor, {signed_percent(last.estimate)} ({between(last)}) at last"
    return "".join(
        (
            f'<svg class="lift-plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">',
            *_grid(low, high),
            *_days(points),
            *_band(said, len(points), low, high),
            "</svg>",
        )
    )


def _limits(said: Sequence[Difference]) -> tuple[float, float]:
    last = said[-1]
    reach = WIDEST * max(last.high - last.estimate, last.estimate - last.low, 0.01)
    low = max(min(one.low for one in said), last.estimate - reach)
    high = min(max(one.high for one in said), last.estimate + reach)
    return min(low, -0.01), max(high, 0.01)


def _grid(low: float, high: float) -> Iterator[str]:
    step = _step((high - low) / 4)
    number = math.ceil(low / step)
    while number * step <= high + 1e-9:
        value, y = number * step, _y(number * step, low, high)
        kind = "lift-plot__zero" if number == 0 else "lift-plot__line"
        yield f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        text = "0%" if number == 0 else f"{100 * value:+.{0 if step >= 0.01 else 1}f}%".replace("-", "−")
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
        number += 1


def _step(about: float) -> float:
    power = 10.0 ** math.floor(math.log10(about))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= about)


def _days(points: Sequence[Point]) -> Iterator[str]:
    """The first and the last day, and what fits between."""
    count = len(points)
    every = max(1, math.ceil(count / 7))
    for place in range(0, count, every):
        if place and place > count - 1 - every / 2:
            continue  # too near to the last one
        yield _day(points[place][0], place, count)
    if (count - 1) % every:
        yield _day(points[-1][0], count - 1, count)


def _day(day: date, place: int, count: int) -> str:
    return (
        f'<text x="{_x(place, count):.1f}" y="{HEIGHT - 10}" text-anchor="middle">{day.day} {day:%b}</text>'
    )


def _band(said: Sequence[tuple[int, Difference]], count: int, low: float, high: float) -> Iterator[str]:
    def at(place: int, value: float) -> str:
        return f"{_x(place, count):.1f},{_y(min(max(value, low), high), low, high):.1f}"

    if len(said) == 1:
        place, one = said[0]
        x = f"{_x(place, count):.1f}"
        top, bottom = at(place, one.high).split(",")[1], at(place, one.low).split(",")[1]
        yield f'<line class="lift-plot__reach" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
    else:
        upper = [at(place, one.high) for place, one in said]
        lower = [at(place, one.low) for place, one in reversed(said)]
        yield f'<polygon class="lift-plot__band" points="{" ".join([*upper, *lower])}"/>'
        middle = " ".join(at(place, one.estimate) for place, one in said)
        yield f'<polyline class="lift-plot__estimate" points="{middle}"/>'
    place, one = said[-1]
    x, y = at(place, one.estimate).split(",")
    yield f'<circle class="lift-plot__now" cx="{x}" cy="{y}" r="4"/>'


def _x(place: int, count: int) -> float:
    width = WIDTH - LEFT - RIGHT - 20
    return LEFT + 10 + (width * place / (count - 1) if count > 1 else width / 2)


def _y(value: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)
