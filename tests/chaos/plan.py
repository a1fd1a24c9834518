"""What a run of chaos does, drawn from its seed: the same seed is the same plan."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from klarna_shop.sandbox.faults import Fault, When


class Backend(StrEnum):
    """What the shop runs on."""

    SQLITE = "sqlite"
    """One worker on a SQLite file."""
    POSTGRESQL = "postgresql"
    """Two workers on PostgreSQL and Redis."""


class Manner(StrEnum):
    """How a shopper delivers Klarna's approval."""

    ONCE = "once"
    TWICE = "twice"
    """The event is sent twice at once."""
    TWO_TABS = "two tabs"
    """The same purchase is approved in two tabs at once, each with a token of its own."""
    TWO_PURCHASES = "two purchases"
    """The same offer is opened twice in two tabs, and both are approved at once."""
    CUT_BEFORE = "cut before"
    """The socket is gone when Klarna approves; the page delivers it when the socket is back."""
    CUT_AFTER = "cut after"
    """The socket is cut right after the event; the page delivers it again."""
    GONE = "gone"
    """The browser is closed right after the event, for good."""
    STARTED_OVER = "started over"
    """Another tab starts over at the moment of the approval."""
    ABANDONED = "abandoned"
    """Nothing is ever approved."""
    DECLINED = "declined"
    """Klarna declines in the widget."""


class Victim(StrEnum):
    """What is killed."""

    SHOP = "shop"
    WORKER = "worker"
    """One of the shop's workers alone; where the server gives up then, it is started again."""
    PAYWAY = "payway"
    RELEASE = "release"
    """The shop is told to stop, as for a new version, and started again when it has."""
    CONNECTIONS = "connections"
    """Every connection to the database, in whatever they were doing. PostgreSQL only."""


@dataclass(frozen=True)
class Shopper:
    """One reader who buys. Times are seconds."""

    number: int
    arrives: float
    manner: Manner
    code: str
    email: str
    has_account: bool
    """Signed in from the beginning; everybody else buys as a new customer, some with a customer's address."""
    presses_twice: bool
    thinks: float
    reloads: int
    """How often the confirmation is opened anew while the outcome may still be open."""
    watches: bool
    """Stays on the confirmation and never reloads it: the page has to turn by itself."""
    tokens: tuple[str, str]
    """Klarna's authorization tokens, one for each tab."""
    cookie_token: str
    faults: tuple[Fault, ...]
    """What goes wrong with the calls to Payway that are made on this browser's behalf."""


@dataclass(frozen=True)
class Kill:
    """Ends something at once, so many `seconds` after so many approvals were sent."""

    victim: Victim
    after_approvals: int
    seconds: float


@dataclass(frozen=True)
class Plan:
    """A whole run."""

    seed: int
    backend: Backend
    shoppers: tuple[Shopper, ...]
    kills: tuple[Kill, ...]
    common_faults: tuple[Fault, ...]
    """What goes wrong with anybody's calls, the recovery's among them."""


CODES = ("digital", "digital-plus", "digital-30", "digital-intro", "digital-trial")
ARRIVALS_PER_SECOND = 5.0
SHARED = 0.3
"""Share of those who buy with the address of another browser, and the same offer."""
PLACE_ORDER = "*/place*order"
_MANNERS = {
    Manner.ONCE: 20,
    Manner.TWICE: 14,
    Manner.TWO_TABS: 12,
    Manner.TWO_PURCHASES: 8,
    Manner.CUT_BEFORE: 10,
    Manner.CUT_AFTER: 14,
    Manner.GONE: 8,
    Manner.STARTED_OVER: 8,
    Manner.ABANDONED: 3,
    Manner.DECLINED: 3,
}
_TAGS = {"": 84, "+debt": 8, "+ssn-taken": 8}
"""In a new customer's e-mail these make Klarna or Payway refuse."""
# Not drawn: a session that is called void or expired though no order was placed with it. Payway voids a
# session when an order succeeds and at no other time within 48 hours, and recovery relies on that.
_REFUSALS = ("payment_method_failed", "ssn_already_set", "account_update_error", "delivery_address_error")
_TOO_LATE = ("authorization_expired", "authorization_used")


def plan(seed: int, backend: Backend, size: int) -> Plan:
    """The plan of `size` shoppers."""
    random = Random(f"chaos {seed} {backend} {size}")
    shoppers: list[Shopper] = []
    for number in range(1, size + 1):
        shopper = _shopper(random, seed, number, size)
        if shoppers and random.random() < SHARED:
            shopper = _with_the_address_of(random, random.choice(shoppers), shopper)
        shoppers.append(shopper)
    return Plan(seed, backend, tuple(shoppers), _kills(random, backend, size), _common_faults(random))


def _shopper(random: Random, seed: int, number: int, size: int) -> Shopper:
    manner = random.choices(list(_MANNERS), list(_MANNERS.values()))[0]
    has_account = random.random() < 0.3
    tag = "" if has_account else random.choices(list(_TAGS), list(_TAGS.values()))[0]
    return Shopper(
        number=number,
        arrives=random.uniform(0, size / ARRIVALS_PER_SECOND),
        manner=manner,
        code=random.choice(CODES),
        email=f"chaos-{seed}-{number}{tag}@exempel.example",
        has_account=has_account,
        presses_twice=random.random() < 0.2,
        thinks=random.uniform(0, 1.5),
        reloads=random.randint(0, 2),
        watches=random.random() < 0.3,
        tokens=(_uuid(random), _uuid(random)),
        cookie_token=base64.urlsafe_b64encode(random.randbytes(32)).rstrip(b"=").decode(),
        faults=_faults(random),
    )


def _with_the_address_of(random: Random, other: Shopper, shopper: Shopper) -> Shopper:
    """The same person in another browser, not signed in there, at about the same time."""
    return replace(
        shopper,
        email=random.choice((other.email, other.email.capitalize())),
        code=other.code,
        has_account=False,
        arrives=other.arrives + random.uniform(0, 0.5),
        thinks=other.thinks,
    )


def _uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _faults(random: Random) -> tuple[Fault, ...]:
    faults = []
    if random.random() < 0.6:
        faults.append(_order_fault(random))
    if random.random() < 0.25:
        faults.append(_order_fault(random))
    if random.random() < 0.3:
        paths = ("*/create_session", "*/pre_validate_purchase", "*/active_products", "*/orders*", "*/me*")
        faults.append(_way_fault(random, random.choice(paths)))
    if random.random() < 0.1:
        faults.append(Fault(kind="unauthorized", times=random.randint(1, 2)))
    return tuple(faults)


def _order_fault(random: Random) -> Fault:
    """Something that goes wrong with this shopper's order."""
    if random.random() < 0.15:
        return Fault(kind="error", error=random.choice(_REFUSALS + _TOO_LATE))
    return _way_fault(random, PLACE_ORDER)


def _way_fault(random: Random, path: str) -> Fault:
    times = random.choice((1, 1, 1, 2, 3))
    when = _when(random)
    match random.choice(
        ("cut", "cut", "silence", "status", "html", "empty", "truncated", "401", "429", "slow")
    ):
        case "cut":
            return Fault(kind="cut", when=when, path=path, times=times)
        case "silence":
            return Fault(kind="silence", when=when, path=path)
        case "status":
            status = random.choice((500, 502, 503, 504))
            return Fault(kind="status", when=when, status=status, path=path, times=times)
        case "html":
            return Fault(kind="html", when=when, status=random.choice((200, 502)), path=path, times=times)
        case "empty":
            return Fault(
                kind="empty", when=when, status=random.choice((200, 202, 503)), path=path, times=times
            )
        case "truncated":
            return Fault(kind="truncated", when="after", path=path, times=times)
        case "401":
            return Fault(kind="unauthorized", path=path, times=times)
        case "429":
            return Fault(
                kind="rate_limited", retry_after=random.choice((None, 1, 30)), path=path, times=times
            )
        case _:
            most = random.choice((300, 1500, 6000))
            return Fault(
                kind="latency", when=when, milliseconds=100, up_to_milliseconds=most, path=path, times=times
            )


def _when(random: Random) -> When:
    return random.choice(("before", "after"))


def _common_faults(random: Random) -> tuple[Fault, ...]:
    """A few calls of everybody's that are cut or slow, whatever they are about."""
    seed = random.randrange(1_000_000)
    return (
        Fault(kind="latency", milliseconds=20, up_to_milliseconds=400, times=0, percent=15, seed=seed),
        Fault(kind="cut", when=_when(random), times=0, percent=3, seed=seed + 1),
        Fault(kind="status", status=503, times=0, percent=2, seed=seed + 2),
    )


def _kills(random: Random, backend: Backend, size: int) -> tuple[Kill, ...]:
    """The shop's death for about every twelve purchases, and everything else that a backend can meet."""
    rare = max(1, size // 40)
    victims = [Victim.SHOP] * max(2, size // 12) + [Victim.PAYWAY, Victim.RELEASE] * rare
    if backend is Backend.POSTGRESQL:
        victims += [Victim.WORKER] * rare + [Victim.CONNECTIONS] * max(1, size // 12)
    random.shuffle(victims)
    share = size * 0.9 / len(victims)
    return tuple(
        Kill(victim, 1 + int(share * (place + random.random())), random.uniform(0, 0.8))
        for place, victim in enumerate(victims)
    )
