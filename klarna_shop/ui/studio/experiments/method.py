"""How each number of an experiment is computed, with where the formula comes from."""

from __future__ import annotations

import reflex as rx

from klarna_shop.shop.experiments.confidence import ALPHA, FEWEST, FEWEST_ORDERS_OF_EACH, TUNED_FOR
from klarna_shop.shop.experiments.results import RECENTLY
from klarna_shop.shop.experiments.sample_ratio import ALPHA as ALARM_ALPHA

_SEQUENCES = ("Waudby-Smith and others, 2024", "https://arxiv.org/abs/2103.06476")
_ALARM = ("Lindon and Malek, 2022", "https://openreview.net/forum?id=a4zg0jiuVi")

_ANSWERS: tuple[tuple[str, str, tuple[str, ...], tuple[str, str] | None], ...] = (
    (
        "visitors",
        "Visitors",
        (
            "Browsers in which at least half of the wall, or half a window of it, was in view for a second,"
            " whose reader agreed to being measured, and which are neither a known crawler nor yours: a"
            " browser with a studio login does not count. Each belongs for good to the variant it saw first.",
            "Who belongs where is computed from the browser’s own fingerprint with BLAKE2b, so that it is the"
            " same on every server and after every restart, and nothing has to be stored.",
        ),
        None,
    ),
    (
        "orders",
        "Orders a visitor",
        (
            "Orders that Payway has placed after the visitor saw the wall, on that wall or any other,"
            " divided by all visitors of the variant. The event is written in the same transaction as the"
            " ledger’s, so that neither is there without the other.",
        ),
        None,
    ),
    (
        "revenue",
        "Revenue a visitor",
        (
            "What was paid with those orders and, of trials, what was paid when they went on; VAT included,"
            " divided by all visitors of the variant. The orders are what the experiment is about; of two"
            " questions asked, one is more often answered wrongly by chance than of one.",
        ),
        None,
    ),
    (
        "lift",
        "Lift",
        (
            "How much more a visitor of the variant brings than one of the control: the two means divided,"
            " less one. +18% means 18 hundredths more of what the control brings, not 18 percentage points.",
        ),
        None,
    ),
    (
        "interval",
        "Interval",
        (
            "An asymptotic confidence sequence for the logarithm of that ratio, with the Gaussian mixture"
            f" boundary, narrowest at {TUNED_FOR:,} visitors, and the delta method’s variance. With a chance"
            f" of {1 - ALPHA:.0%} the true lift lies within it on every day at once: look as often as you"
            " like, and end on any day. With several variants each gets its part of the risk, so that all"
            " hold together.",
            f"Nothing is said before each variant has {FEWEST} visitors and {FEWEST_ORDERS_OF_EACH} orders,"
            " uneven payments counting less: the theorem is about large numbers. How often it was wrong in"
            " simulated experiments is in docs/experiments-proof.md, and make statistics tries it again.",
        ),
        _SEQUENCES,
    ),
    (
        "alarm",
        "Alarm",
        (
            "Visitors should fall on the variants as the weights say. A sequential test compares that with"
            " any other division: a Bayes factor with a Dirichlet prior. The alarm sounds at"
            f" {1 / ALARM_ALPHA:,.0f}, which in a healthy experiment happens at most once in so many. Then"
            " something is broken, or the variants do not meet the same readers, and no number here counts.",
        ),
        _ALARM,
    ),
    (
        "time",
        "Time to decide",
        (
            "The number of visitors at which the interval, made narrowest for just that number, is as narrow"
            " as the lift. Half of all experiments with that lift need fewer, half need more. What is filled"
            f" in comes from the walls and orders of the last {RECENTLY.days} days.",
        ),
        _SEQUENCES,
    ),
)


def method() -> rx.Component:
    """One answer for each number; `how_to` links to them."""
    return rx.el.section(
        rx.el.h2("How it is computed", id="how", class_name="studio-panel__title"),
        rx.el.dl(
            *(part for answer in _ANSWERS for part in _answer(*answer)),
            class_name="method",
        ),
        aria_labelledby="how",
        class_name="studio-panel stack",
    )


def how_to(key: str, words: str) -> rx.Component:
    """The name of a number, which leads to how it is computed."""
    return rx.el.a(words, href=f"#how-{key}", class_name="method-link", title="How it is computed")


def _answer(
    key: str, name: str, sentences: tuple[str, ...], source: tuple[str, str] | None
) -> tuple[rx.Component, rx.Component]:
    return (
        rx.el.dt(name, id=f"how-{key}", tab_index=-1),
        rx.el.dd(
            *(rx.el.p(sentence) for sentence in sentences),
            rx.el.p("Source: ", rx.el.a(source[0], href=source[1], class_name="link"))
            if source
            else rx.fragment(),
        ),
    )
