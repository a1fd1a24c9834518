"""Carries a plan out: shoppers buy, processes die, calls fail; then everything is left in peace."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from klarna_shop.shop.articles import ArticleKind
from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.identity import new_token
from klarna_shop.shop.measurement import Consents, EventName, Traffic
from klarna_shop.shop.measurement.tables import MeasuredEvent
from klarna_shop.shop.purchase import Purchase, PurchaseState, Reason
from klarna_shop.shop.purchase.states import PENDING
from klarna_shop.shop.purchase.tables import PurchaseChange
from tests.chaos.conservation import Evidence, Measured, paid_orders, violations
from tests.chaos.plan import Kill, Plan
from tests.chaos.processes import World, world
from tests.chaos.shopper import Act
from tests.house import newspaper

AT_ONCE = 30
"""Shoppers who do something at the same time, where they do not come by themselves."""
PEACE_SECONDS = 240
LOOK_EVERY = 2.0
_EXCEPTION = re.compile(r"^\S.*$", re.MULTILINE)
"""The line below a traceback that names the exception."""
_CUT_SHORT = re.compile(
    r"^Exception during reset or similar\nTraceback \(most recent call last\):\n(?: .*\n)*"
    r"asyncio\.exceptions\.CancelledError\n",
    re.MULTILINE,
)
"""SQLAlchemy's word for a connection whose transaction a stopping server cut short: it is thrown away."""
_CHAINED = re.compile(r"^(The above exception was|During handling of)", re.MULTILINE)
_AUTOFLUSH = re.compile(r"\(raised as a result of Query-invoked autoflush[^)\n]*\)\s*")
"""What SQLAlchemy puts before an error of a row that it wrote only when the next statement came."""
_CUT = (
    "psycopg.errors.AdminShutdown",
    "psycopg.OperationalError",
    "sqlalchemy.exc.OperationalError: (psycopg.",
)
OF_PURCHASES = (
    EventName.SESSION_CREATED,
    EventName.AUTHORIZED,
    EventName.ORDER_PLACED,
    EventName.CONFIRMED,
    EventName.PURCHASE_ENDED,
)
"""Events of the ledger, each at most once of a purchase; an end counts that comes after the order."""
UNFINISHED = PENDING - {PurchaseState.UNRESOLVED}


@dataclass(frozen=True)
class Result:
    """What became of a run."""

    plan: Plan
    violations: list[str]
    states: Counter[str]
    """Purchases in the ledger by state, at the end."""
    approvals: int
    orders: int
    """Paid, in Payway's books."""
    placed: int
    """Purchases that were ever `placed`, in the ledger's history."""
    measured: int
    """Purchases with an order in the funnel."""
    deaths: int
    lost_answers: int
    seconds: float


async def carry_out(
    plan: Plan, folder: Path, *, by_hand: bool, tell: Callable[[str], None] = lambda line: None
) -> Result:
    """Carry `plan` out with all data in `folder`.

    With `by_hand`, `make reconcile` is run again and again in the end; otherwise everything has to come to
    rest by itself.
    """
    start = time.monotonic()

    def progress(what: str) -> None:
        tell(f"  {time.monotonic() - start:5.0f} s  {what}")

    with world(folder, plan.backend) as scene:
        acts = [Act(scene.shop.url, _walled_article(), shopper) for shopper in plan.shoppers]
        await _all_of([act.register() for act in acts if act.plan.has_account], AT_ONCE)
        await _agree_to_measuring(scene, acts)
        progress("shop and Payway run; the storm begins")
        await _storm(plan, scene, acts)
        progress(f"the storm is over: {_approvals(acts)} approvals, {scene.deaths} deaths")
        await _all_of([act.deliver_what_is_left() for act in acts], AT_ONCE)
        ledger = await _peace(scene, acts, by_hand=by_hand)
        progress(f"at rest: {len(ledger)} purchases in the ledger")
        stranger = new_token()
        await _all_of([act.look_again(stranger) for act in acts], AT_ONCE)
        sandbox = scene.payway.books()
        books = await sandbox.books()
        await sandbox.close()
        placed, measured = await _measured(scene)
        evidence = Evidence(ledger, books, [act.witness for act in acts], placed, measured)
        _keep(evidence, folder / "stories.txt")
        return Result(
            plan=plan,
            violations=[*violations(evidence), *_tracebacks(scene)],
            states=Counter(purchase.state for purchase in ledger),
            approvals=sum(len(witness.approvals) for witness in evidence.witnesses),
            orders=sum(map(len, paid_orders(books).values())),
            placed=len(placed),
            measured=len(measured.of(EventName.ORDER_PLACED)),
            deaths=scene.deaths,
            lost_answers=sum(purchase.answers_lost for purchase in ledger),
            seconds=time.monotonic() - start,
        )


def _keep(evidence: Evidence, path: Path) -> None:
    """What everybody saw beside what the ledger says, for whoever looks into a broken promise."""
    ledger = {purchase.id: f"{purchase.state}, {purchase.reason}" for purchase in evidence.ledger}
    stories = [
        f"{witness}\n  ledger: {[(p, ledger.get(p)) for p in witness.purchases]}"
        for witness in evidence.witnesses
    ]
    path.write_text("\n\n".join(stories), encoding="utf-8")


async def _storm(plan: Plan, scene: World, acts: list[Act]) -> None:
    """Everybody buys while everything fails."""
    for fault in plan.common_faults:
        await scene.payway.let_fail(fault)
    for act in acts:
        for fault in act.plan.faults:
            await scene.payway.let_fail(fault, act.witness.visitor_id)
    killer = asyncio.create_task(_kill(plan.kills, scene, acts))
    async with asyncio.TaskGroup() as shoppers:
        for act in acts:
            shoppers.create_task(act.buy())
    await killer
    await scene.payway.let_be()


async def _kill(kills: tuple[Kill, ...], scene: World, acts: list[Act]) -> None:
    """Each kill in its turn."""
    for kill in kills:
        # Polled, since what counts is spread over all shoppers.
        while _approvals(acts) < kill.after_approvals and not all(act.done for act in acts):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(kill.seconds)
        await asyncio.to_thread(scene.strike, kill.victim)


def _approvals(acts: list[Act]) -> int:
    return sum(len(act.witness.approvals) for act in acts)


async def _peace(scene: World, acts: list[Act], *, by_hand: bool) -> list[Purchase]:
    """Wait until nothing is unfinished; the ledger as it is then."""
    database = Database(scene.database_url)
    end = time.monotonic() + PEACE_SECONDS
    try:
        while True:
            ledger = list(await database.read(lambda session: session.exec(select(Purchase)).all()))
            unfinished = [purchase for purchase in ledger if purchase.status in UNFINISHED]
            if not unfinished or time.monotonic() > end:
                return ledger
            waiting = {p.id for p in unfinished if p.reason == Reason.LOGIN_REQUIRED}
            await _all_of(
                [act.sign_in_again() for act in acts if waiting & set(act.witness.purchases)], AT_ONCE
            )
            if by_hand:
                await asyncio.to_thread(scene.reconcile)
            await asyncio.sleep(LOOK_EVERY)
    finally:
        await database.close()


async def _agree_to_measuring(scene: World, acts: list[Act]) -> None:
    """Everybody says yes, as the banner would store it, so that the funnel can be held against the books."""
    database = Database(scene.database_url)
    consents = Consents(database, system_clock)
    for act in acts:
        await consents.choose(act.witness.visitor_id, accepted=True)
    await database.close()


async def _measured(scene: World) -> tuple[frozenset[str], Measured]:
    """What the ledger's history and the funnel say of orders."""
    database, measured = Database(scene.database_url), Measured()
    placed = select(PurchaseChange.purchase_id).where(PurchaseChange.to_state == PurchaseState.PLACED.value)
    of_readers = (
        select(MeasuredEvent)
        .where(
            col(MeasuredEvent.purchase_id).is_not(None),
            col(MeasuredEvent.traffic) == Traffic.READER.value,
            col(MeasuredEvent.name).in_(OF_PURCHASES),
        )
        .order_by(col(MeasuredEvent.id))
    )
    was_placed, events = await database.read(
        lambda session: (frozenset(session.exec(placed)), session.exec(of_readers).all())
    )
    await database.close()
    for event in events:
        name, purchase_id = EventName(event.name), event.purchase_id or ""
        if name is EventName.PURCHASE_ENDED and purchase_id not in measured.values:
            continue  # before an order: such a one may still come of what was unresolved
        measured.times.setdefault(name, Counter())[purchase_id] += 1
        if name is EventName.ORDER_PLACED:
            measured.values[purchase_id] = event.value
    return was_placed, measured


async def _all_of(acts: list[Coroutine[Any, Any, None]], at_once: int) -> None:
    """Run all, so many at a time."""
    places = asyncio.Semaphore(at_once)

    async def placed(act: Coroutine[Any, Any, None]) -> None:
        async with places:
            await act

    async with asyncio.TaskGroup() as group:
        for act in acts:
            group.create_task(placed(act))


def _walled_article() -> str:
    articles = newspaper()
    return next(article.slug for article in articles.front_page("sv") if article.kind is ArticleKind.PREMIUM)


def _uncaught(log: str) -> list[str]:
    """The last exception of each chain: what came before it was being dealt with."""
    blocks = [
        block
        for block in _CUT_SHORT.sub("", _AUTOFLUSH.sub("", log)).split(
            "Traceback (most recent call last):\n"
        )[1:]
        if not _CHAINED.search(block)
    ]
    return [line for block in blocks for line in _EXCEPTION.findall(block)[:1]]


def _tracebacks(scene: World) -> list[str]:
    """Exceptions in either log that nobody expected; those of a connection that was cut are."""
    logs = {"the shop's log": scene.shop.log(), "Payway's log": scene.payway.log()}
    return [
        f"{name} has a traceback: {exception}"
        for name, log in logs.items()
        for exception in sorted(set(_uncaught(log)))
        if not exception.startswith(_CUT)
    ]
