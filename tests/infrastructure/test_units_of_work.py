"""Units of work: committed together where only one may write, each with an outcome of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from klarna_shop.infrastructure.units_of_work import MOST_TOGETHER, GroupedUnits, SeparateUnits
from tests.databases import SharedDatabase

TABLE = sa.Table(
    "thing", sa.MetaData(), sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.Integer)
)
ALL = sa.select(TABLE.c.name, TABLE.c.value)
Unit = Callable[[Session], Any]


class Refused(Exception):
    """What a unit of these tests raises."""


def things(folder: Path) -> sa.Engine:
    """An SQLite file in which transactions begin when they are told to."""
    engine = sa.create_engine(f"sqlite:///{folder / 'things.sqlite3'}", pool_size=8)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    TABLE.metadata.create_all(engine)
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    """One of them."""
    return things(tmp_path)


@pytest.fixture
async def units(engine: sa.Engine) -> AsyncIterator[GroupedUnits]:
    """Its writer."""
    units = GroupedUnits(engine)
    yield units
    await units.close()


@pytest.fixture
def commits(engine: sa.Engine) -> list[None]:
    """Grows with each commit."""
    seen: list[None] = []
    sa.event.listen(engine, "commit", lambda _connection: seen.append(None))
    return seen


def add(name: str, value: int = 1) -> Unit:
    """A unit that adds a row and returns its name."""

    def work(session: Session) -> str:
        session.connection().execute(TABLE.insert().values(name=name, value=value))
        return name

    return work


def add_and_raise(name: str) -> Unit:
    """A unit that adds a row and then thinks better of it."""

    def work(session: Session) -> None:
        add(name)(session)
        raise Refused(name)

    return work


def stored(engine: sa.Engine) -> dict[str, int]:
    """Everything that is committed."""
    with engine.connect() as connection:
        return dict(iter(connection.execute(ALL)))


class Held:
    """A unit that keeps the writer busy until it is let go, so that others wait."""

    def __init__(self, units: GroupedUnits) -> None:
        self._begun, self._go_on = threading.Event(), threading.Event()
        self._task = asyncio.create_task(units.write(self._work))

    def _work(self, _session: Session) -> None:
        self._begun.set()
        assert self._go_on.wait(60)

    async def begun(self) -> None:
        """Wait until it has the writer."""
        await asyncio.to_thread(self._begun.wait, 60)

    async def let_go(self) -> None:
        """Let it end."""
        self._go_on.set()
        await self._task


async def together(units: GroupedUnits, *work: Unit, apart: tuple[Unit, ...] = ()) -> list[Any]:
    """Outcomes of units that have waited together."""
    held = Held(units)
    await held.begun()
    tasks = [asyncio.create_task(units.write(one, apart=one in apart)) for one in work]
    await asyncio.sleep(0)
    await held.let_go()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_waits_is_committed_together(
    units: GroupedUnits, engine: sa.Engine, commits: list[None]
) -> None:
    names = [f"thing {number}" for number in range(20)]
    assert await together(units, *map(add, names)) == names
    assert set(stored(engine)) == set(names)
    assert len(commits) == 1


async def test_no_more_are_committed_together_than_that(units: GroupedUnits, commits: list[None]) -> None:
    await together(units, *(add(str(number)) for number in range(MOST_TOGETHER + 1)))
    assert len(commits) == 2


async def test_one_that_raises_takes_back_its_own_changes_alone(
    units: GroupedUnits, engine: sa.Engine
) -> None:
    first, refused, twice, last = await together(
        units, add("first"), add_and_raise("refused"), add("first"), add("last")
    )
    assert (first, last) == ("first", "last")
    assert isinstance(refused, Refused)
    assert isinstance(twice, sa.exc.IntegrityError)
    assert set(stored(engine)) == {"first", "last"}


async def test_a_commit_that_fails_fails_all_and_the_next_is_fine(
    units: GroupedUnits, engine: sa.Engine
) -> None:
    failing = True

    @sa.event.listens_for(engine, "commit")
    def _fail(_connection: sa.Connection) -> None:
        if failing and waiting:
            raise Refused("commit")

    waiting: list[bool] = []
    outcomes = await together(units, lambda session: waiting.append(True), add("one"), add("two"))
    assert [type(outcome) for outcome in outcomes] == [Refused] * 3
    assert stored(engine) == {}
    failing = False
    assert await units.write(add("three")) == "three"
    assert set(stored(engine)) == {"three"}


async def test_where_the_database_takes_the_transaction_back_all_of_it_fails(
    units: GroupedUnits, engine: sa.Engine
) -> None:
    def fill(session: Session) -> None:
        connection = session.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(1000):
            add(f"{number} {'x' * 30}")(session)

    outcomes = await together(units, add("before"), fill, add("after"))
    assert [type(outcome) for outcome in outcomes] == [sa.exc.OperationalError] * 3
    assert stored(engine) == {}


async def test_a_long_one_shares_no_commit(units: GroupedUnits, commits: list[None]) -> None:
    long = add("long")
    await together(units, add("one"), long, add("two"), apart=(long,))
    assert len(commits) == 2


async def test_a_unit_is_carried_out_though_its_caller_has_gone(
    units: GroupedUnits, engine: sa.Engine
) -> None:
    held = Held(units)
    await held.begun()
    task = asyncio.create_task(units.write(add("thing")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await held.let_go()
    await units.write(lambda _session: None)
    assert set(stored(engine)) == {"thing"}


async def test_closing_carries_out_what_waits(engine: sa.Engine) -> None:
    units = GroupedUnits(engine)
    held = Held(units)
    await held.begun()
    tasks = [asyncio.create_task(units.write(add(str(number)))) for number in range(5)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(units.close())
    await asyncio.sleep(0)
    await held.let_go()
    await closing
    assert await asyncio.gather(*tasks) == [str(number) for number in range(5)]


async def test_a_unit_sees_the_context_that_it_was_asked_for_in(
    units: GroupedUnits, engine: sa.Engine
) -> None:
    asked_by = contextvars.ContextVar[str]("asked_by", default="nobody")

    async def ask(who: str) -> tuple[str, str]:
        asked_by.set(who)
        written = await units.write(lambda _session: asked_by.get())
        return written, await reading.read(engine, lambda _session: asked_by.get())

    reading = SeparateUnits(2)
    asked = await asyncio.gather(*(asyncio.create_task(ask(who)) for who in "ab"))
    assert asked == [("a", "a"), ("b", "b")]
    await reading.close()


async def test_many_readers_take_few_threads_and_few_connections(engine: sa.Engine) -> None:
    opened: list[None] = []
    sa.event.listen(engine, "connect", lambda _connection, _record: opened.append(None))
    reading = SeparateUnits(4)

    def read(session: Session) -> int:
        session.connection().execute(ALL)
        return threading.get_ident()

    threads = await asyncio.gather(*(reading.read(engine, read) for _ in range(500)))
    assert len(set(threads)) <= 4
    assert len(opened) <= 4
    await reading.close()


def test_what_comes_after_its_loop_has_ended_harms_nobody(engine: sa.Engine) -> None:
    go_on = threading.Event()

    def slow(session: Session) -> None:
        go_on.wait(60)
        add("late")(session)

    async def leave() -> GroupedUnits:
        units = GroupedUnits(engine)
        asyncio.create_task(units.write(slow))  # noqa: RUF006 - it is to be left
        await asyncio.sleep(0)
        return units

    units = asyncio.run(leave())
    go_on.set()
    asyncio.run(units.close())
    assert set(stored(engine)) == {"late"}


Step = tuple[str, str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "raise", "double", "remove"]), st.sampled_from("abcd"), st.integers(0, 9)
    ),
    max_size=12,
)


def apply(things: dict[str, int], step: Step) -> bool:
    """The model of a step; False where it raises and changes nothing."""
    what, name, value = step
    if what == "raise" or (what == "add" and name in things):
        return False
    if what == "add":
        things[name] = value
    elif what == "double" and name in things:
        things[name] *= 2
    elif what == "remove":
        things.pop(name, None)
    return True


def unit(step: Step) -> Unit:
    """The unit of a step."""
    what, name, value = step
    named = TABLE.c.name == name
    statement: Any = {
        "double": TABLE.update().where(named).values(value=TABLE.c.value * 2),
        "remove": TABLE.delete().where(named),
    }.get(what)
    if statement is None:
        return add(name, value) if what == "add" else add_and_raise("raised")
    return lambda session: session.connection().execute(statement).rowcount


@settings(max_examples=40)
@given(rounds=st.lists(STEPS, max_size=4))
def test_units_do_what_one_after_the_other_would(rounds: list[list[Step]], tmp_path_factory: Any) -> None:
    engine = things(tmp_path_factory.mktemp("model"))

    async def carry_out() -> list[list[bool]]:
        units = GroupedUnits(engine)
        found = [
            [not isinstance(one, Exception) for one in await together(units, *map(unit, steps))]
            for steps in rounds
        ]
        await units.close()
        return found

    model: dict[str, int] = {}
    assert asyncio.run(carry_out()) == [[apply(model, step) for step in steps] for steps in rounds]
    assert stored(engine) == model
    engine.dispose()


async def test_separate_units_commit_and_roll_back_each_by_itself(postgresql: SharedDatabase) -> None:
    postgresql.empty()
    engine = sa.create_engine(postgresql.address.replace("postgresql:", "postgresql+psycopg:"), pool_size=4)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS thing"))
        TABLE.metadata.create_all(connection)
    units = SeparateUnits(4)
    work = [add(str(number)) if number % 3 else add_and_raise(str(number)) for number in range(30)]
    outcomes = await asyncio.gather(*(units.write(engine, one) for one in work), return_exceptions=True)
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [number % 3 == 0 for number in range(30)]
    assert set(stored(engine)) == {str(number) for number in range(30) if number % 3}
    await units.close()
    engine.dispose()
