"""The store of designs: drafts, versions, history, and what two who edit at once may not do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update
from sqlmodel import col

from klarna_shop.settings import Settings
from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.paywalls.document import Layout, PaywallDesign
from klarna_shop.shop.paywalls.standard import BUILT_IN_VERSION, STANDARD_SLUG, standard_design
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.paywalls.stored import (
    Change,
    DesignChanged,
    DesignExists,
    DesignFixed,
    DesignMissing,
    DesignStatus,
    WrongSlug,
)
from klarna_shop.shop.paywalls.tables import PaywallVersion
from klarna_shop.shop.snapshot import FRESH_SECONDS

FIRST = PaywallDesign(name="First")
SECOND = PaywallDesign(name="Second", layout=Layout.BOTTOM_SHEET)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url.get_secret_value())
    yield database
    await database.close()


@pytest.fixture
def designs(database: Database) -> Designs:
    return Designs(database, system_clock)


async def _in_force(designs: Designs) -> dict[str, int]:
    return {one.slug: one.version for one in await designs.published()}


async def test_the_standard_design_is_there_from_the_start(designs: Designs) -> None:
    (published,) = await designs.published()
    assert (published.slug, published.version) == (STANDARD_SLUG, BUILT_IN_VERSION)
    assert published.design == standard_design()
    draft = await designs.draft(STANDARD_SLUG)
    assert (draft.revision, draft.status) == (0, DesignStatus.PUBLISHED)


async def test_a_design_goes_from_draft_to_published_to_changed_and_back(designs: Designs) -> None:
    draft = await designs.create("first", FIRST)
    assert draft.status is DesignStatus.DRAFT
    assert await _in_force(designs) == {STANDARD_SLUG: 0}
    await designs.publish("first", draft.revision, "The first")
    assert await _in_force(designs) == {STANDARD_SLUG: 0, "first": 1}
    changed = await designs.save("first", SECOND, draft.revision)
    assert changed.status is DesignStatus.CHANGED
    await designs.publish("first", changed.revision)
    back = await designs.roll_back("first", 1, changed.revision)
    assert (back.design, back.status, back.published_version) == (FIRST, DesignStatus.PUBLISHED, 1)
    assert await _in_force(designs) == {STANDARD_SLUG: 0, "first": 1}
    await designs.unpublish("first")
    assert await _in_force(designs) == {STANDARD_SLUG: 0}
    assert [(entry.what, entry.version) for entry in await designs.history("first")] == [
        (Change.UNPUBLISHED, 1),
        (Change.ROLLED_BACK, 1),
        (Change.PUBLISHED, 2),
        (Change.SAVED, None),
        (Change.PUBLISHED, 1),
        (Change.CREATED, None),
    ]
    assert (await designs.history("first"))[3].summary == "name, layout"
    assert [(one.number, one.note) for one in await designs.versions("first")] == [(2, ""), (1, "The first")]


async def test_who_saves_over_what_they_have_not_seen_is_told(designs: Designs) -> None:
    draft = await designs.create("first", FIRST)
    results = await asyncio.gather(
        *(
            designs.save("first", PaywallDesign(name=f"Editor {number}"), draft.revision)
            for number in range(4)
        ),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, DesignChanged)]
    assert len(refused) == 3
    assert {error.current for error in refused} == {draft.revision + 1}
    with pytest.raises(DesignChanged):
        await designs.publish("first", draft.revision)


async def test_saving_the_same_is_no_change(designs: Designs) -> None:
    draft = await designs.create("first", FIRST)
    assert (await designs.save("first", FIRST, draft.revision)).revision == draft.revision
    version = await designs.publish("first", draft.revision)
    assert (await designs.publish("first", draft.revision)).number == version.number
    assert len(await designs.history("first")) == 2


async def test_the_standard_design_can_be_changed_and_comes_back(designs: Designs) -> None:
    own = standard_design().model_copy(update={"name": "Ours"})
    draft = await designs.save(STANDARD_SLUG, own, 0)
    assert (draft.revision, draft.status) == (1, DesignStatus.CHANGED)
    await designs.publish(STANDARD_SLUG, 1)
    (published,) = await designs.published()
    assert (published.version, published.design.name) == (1, "Ours")
    await designs.unpublish(STANDARD_SLUG)
    assert await _in_force(designs) == {STANDARD_SLUG: BUILT_IN_VERSION}
    back = await designs.roll_back(STANDARD_SLUG, BUILT_IN_VERSION, 1)
    assert (back.design, back.status) == (standard_design(), DesignStatus.PUBLISHED)
    assert (await designs.draft(STANDARD_SLUG)).status is DesignStatus.PUBLISHED
    with pytest.raises(DesignFixed):
        await designs.delete(STANDARD_SLUG)


async def test_a_deleted_design_leaves_its_versions_and_its_history(designs: Designs) -> None:
    await designs.publish("first", (await designs.create("first", FIRST)).revision)
    await designs.delete("first")
    assert await _in_force(designs) == {STANDARD_SLUG: 0}
    assert (await designs.version("first", 1)).design == FIRST
    again = await designs.create("first", SECOND)
    assert (await designs.publish("first", again.revision)).number == 2
    assert [draft.slug for draft in await designs.all()] == ["first", STANDARD_SLUG]


async def test_what_is_not_there_and_what_is_taken(designs: Designs) -> None:
    await designs.create("first", FIRST)
    for slug in ("first", STANDARD_SLUG):
        with pytest.raises(DesignExists):
            await designs.create(slug, FIRST)
    for slug in ("", "Two Words", "-x", "x" * 61):
        with pytest.raises(WrongSlug):
            await designs.create(slug, FIRST)
    with pytest.raises(DesignMissing):
        await designs.draft("nothing")
    with pytest.raises(DesignMissing):
        await designs.roll_back("first", 7, 1)


async def test_another_process_sees_what_is_published_after_a_moment(
    designs: Designs, database: Database
) -> None:
    now = 0.0
    elsewhere = Designs(database, system_clock, monotonic=lambda: now)
    assert await _in_force(elsewhere) == {STANDARD_SLUG: 0}
    await designs.publish("first", (await designs.create("first", FIRST)).revision)
    assert await _in_force(elsewhere) == {STANDARD_SLUG: 0}
    now += FRESH_SECONDS
    assert await _in_force(elsewhere) == {STANDARD_SLUG: 0, "first": 1}


async def test_a_stored_document_that_cannot_be_read_takes_no_other_away(
    designs: Designs, database: Database
) -> None:
    for slug in ("first", "second"):
        await designs.publish(slug, (await designs.create(slug, FIRST)).revision)
    first = col(PaywallVersion.slug) == "first"
    unreadable = update(PaywallVersion).where(first).values(document='{"schema_version": 9}')
    await database.write(lambda session: session.exec(unreadable))
    afresh = Designs(database, system_clock)
    assert await _in_force(afresh) == {STANDARD_SLUG: 0, "second": 1}
