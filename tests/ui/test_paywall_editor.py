"""The editor of paywall designs without a browser: nothing typed is lost, and nobody's work either."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import Any

import pytest
import reflex as rx
from reflex.istate.data import RouterData

from klarna_shop.assembly import House
from klarna_shop.shop.current import install_shop
from klarna_shop.shop.paywalls.document import PaywallDesign
from klarna_shop.shop.paywalls.exchange import LARGEST_BYTES
from klarna_shop.shop.paywalls.standard import STANDARD_SLUG
from klarna_shop.shop.paywalls.stored import Change, DesignMissing
from klarna_shop.shop.paywalls.tables import LONGEST_NOTE
from klarna_shop.shop.paywalls.templates import templates
from klarna_shop.ui.studio.paywalls.editor.state import EditorState
from klarna_shop.ui.studio.paywalls.files.state import DesignFilesState
from klarna_shop.ui.studio.paywalls.listing.state import PaywallListState
from klarna_shop.ui.studio.paywalls.preview.state import PaywallPreviewState
from klarna_shop.ui.studio.paywalls.versions.state import VersionsState
from tests.ui.tab import new_tab, visit

TITLE = "copy.sv.title"


@pytest.fixture(autouse=True)
def shop(house: House) -> None:
    install_shop(house.shop)


class Tab:
    """One open tab of the studio."""

    def __init__(self) -> None:
        self.root = new_tab()

    async def call(self, kind: type[rx.State], handler: str, *arguments: Any) -> Any:
        state: Any = await self.root.get_state(kind)
        await kind.event_handlers[handler].fn(state, *arguments)
        return state

    async def edit(self, slug: str) -> Any:
        """Open a design; the editor's state."""
        visit(self.root, "/studio/paywalls", **({"design": slug} if slug else {}))
        return await self.call(EditorState, "show")

    async def change(self, path: str, value: Any) -> Any:
        return await self.call(EditorState, "change", path, value)


async def _made(house: House, key: str = "metered-card") -> str:
    template = next(one for one in templates() if one.key == key)
    return (await house.shop.design_editing.start_from(template.design)).slug


@pytest.fixture
async def slug(house: House) -> str:
    return await _made(house)


@pytest.fixture
async def tab(slug: str) -> Tab:
    opened = Tab()
    await opened.edit(slug)
    return opened


async def _stored(house: House, slug: str) -> PaywallDesign:
    return (await house.shop.designs.draft(slug)).design


def _field(state: Any, path: str) -> Any:
    return next(one for part in state.fields.values() for one in part if one.path == path)


async def test_a_change_is_saved_and_shown_at_once(house: House, tab: Tab, slug: str) -> None:
    before = (await tab.edit(slug)).shown
    state = await tab.change(TITLE, "Läs vidare")
    assert (await _stored(house, slug)).copy_["sv"].title == "Läs vidare"
    assert _field(state, TITLE).value == "Läs vidare"
    assert state.saved
    assert state.shown == before + 1


async def test_undo_and_redo_are_saved_as_well(house: House, tab: Tab, slug: str) -> None:
    first = (await _stored(house, slug)).copy_["sv"].title
    await tab.change(TITLE, "Läs vidare")
    state = await tab.call(EditorState, "undo")
    assert (await _stored(house, slug)).copy_["sv"].title == first
    assert (state.can_undo, state.can_redo) == (False, True)
    await tab.call(EditorState, "redo")
    assert (await _stored(house, slug)).copy_["sv"].title == "Läs vidare"


async def test_what_cannot_stand_is_told_at_its_field_and_the_draft_stays(
    house: House, tab: Tab, slug: str
) -> None:
    before = await _stored(house, slug)
    state = await tab.change("access.free_articles", "many")
    assert _field(state, "access.free_articles").fault == "A whole number from 0 to 1000."
    assert await _stored(house, slug) == before
    await tab.call(EditorState, "publish", {})
    assert await house.shop.designs.versions(slug) == ()
    state = await tab.change("access.free_articles", "7")
    assert _field(state, "access.free_articles").fault == ""


async def test_an_error_stands_at_its_field_and_keeps_the_design_from_being_published(
    house: House, tab: Tab, slug: str
) -> None:
    state = await tab.change("copy.en.buy", "")
    assert state.errors > 0
    assert "copy.en.buy" in [finding.path for finding in state.findings]
    state = await tab.call(EditorState, "publish", {"note": "now"})
    assert await house.shop.designs.versions(slug) == ()
    assert state.message
    state = await tab.call(EditorState, "lead_to", "copy.en.buy")
    assert state.language == "en"
    assert _field(state, "copy.en.buy").marks
    assert state.go_to.endswith(" copy.en.buy")


async def test_every_finding_leads_to_where_its_rule_is_read(tab: Tab) -> None:
    await tab.change("copy.sv.buy", "{nothing}")
    await tab.change("targeting.sections", "no such section")
    state = await tab.change("copy.sv.small_print", "")
    assert len(state.findings) > 2
    for finding in state.findings:
        assert finding.address.startswith(("https://", "#rules-"))


async def test_two_people_lose_nothing_unnoticed(house: House, slug: str) -> None:
    mine, theirs = Tab(), Tab()
    await mine.edit(slug)
    await theirs.edit(slug)
    await theirs.change("name", "Theirs")
    state = await mine.change(TITLE, "Mine")
    assert (state.conflict, state.their_changes) == ("changed", "name")
    assert (await _stored(house, slug)).copy_["sv"].title != "Mine"
    # A reconnect opens the page anew; what is not saved stays.
    assert (await mine.edit(slug)).conflict == "changed"
    state = await mine.call(EditorState, "load_theirs")
    assert (state.name, state.conflict) == ("Theirs", "")
    state = await mine.call(EditorState, "undo")
    assert _field(state, TITLE).value == "Mine"


async def test_mine_can_be_kept_over_theirs(house: House, slug: str) -> None:
    mine, theirs = Tab(), Tab()
    await mine.edit(slug)
    await theirs.edit(slug)
    await theirs.change("name", "Theirs")
    await mine.change(TITLE, "Mine")
    await mine.call(EditorState, "keep_mine")
    kept = await _stored(house, slug)
    assert (kept.name, kept.copy_["sv"].title) == ("Metered card", "Mine")


async def test_work_on_a_design_that_was_deleted_can_be_kept(house: House, tab: Tab, slug: str) -> None:
    await house.shop.designs.delete(slug)
    state = await tab.change("name", "Still wanted")
    assert state.conflict == "deleted"
    await tab.call(EditorState, "keep_mine")
    assert "Still wanted" in [draft.design.name for draft in await house.shop.designs.all()]


async def test_publish_roll_back_and_what_is_in_force(house: House, tab: Tab, slug: str) -> None:
    await tab.change(TITLE, "Ett")
    await tab.call(EditorState, "publish", {"note": "the  first"})
    await tab.change(TITLE, "Två")
    state = await tab.call(EditorState, "publish", {})
    assert (state.standing, state.version) == ("published", "version 2")
    await tab.change(TITLE, "Tre")
    versions = await tab.call(VersionsState, "show")
    assert [(row.name, row.note, row.in_force) for row in versions.versions] == [
        ("Version 2", "", True),
        ("Version 1", "the first", False),
    ]
    assert [(row.before, row.after) for row in versions.differences] == [("Två", "Tre")]
    # Nothing happens that was not asked about.
    await tab.call(VersionsState, "roll_back", 1)
    assert (await _stored(house, slug)).copy_["sv"].title == "Tre"
    await tab.call(VersionsState, "ask", 1)
    await tab.call(VersionsState, "roll_back", 1)
    rolled_back: Any = await tab.root.get_state(EditorState)
    assert (rolled_back.version, _field(rolled_back, TITLE).value) == ("version 1", "Ett")
    state = await tab.call(EditorState, "undo")
    assert (_field(state, TITLE).value, state.standing) == ("Tre", "changed")
    await tab.call(VersionsState, "show")
    history: Any = await tab.root.get_state(VersionsState)
    assert "Rolled back to version 1" in [row.what for row in history.history]


async def test_publishing_says_when_a_reader_meets_it_and_what_changed_nothing(tab: Tab) -> None:
    state = await tab.call(EditorState, "publish", {})
    assert "before metered ones after 5 free articles" in state.message
    state = await tab.call(EditorState, "publish", {})
    assert state.message == "Nothing has changed since version 1, which is in force already."
    await tab.change("access.includes_premium", True)
    await tab.change("access.free_articles", "1")
    state = await tab.call(EditorState, "publish", {})
    assert state.message == "Published as version 2. Readers meet it once they have read 1 free article."
    await tab.change("access.free_articles", "0")
    state = await tab.call(EditorState, "publish", {})
    assert state.message == "Published as version 3. Readers meet it within a second."


async def test_unpublishing_takes_the_wall_away(house: House, tab: Tab, slug: str) -> None:
    await tab.call(EditorState, "publish", {})
    state = await tab.call(EditorState, "unpublish")
    assert (state.standing, state.version) == ("draft", "")
    assert slug not in [one.slug for one in await house.shop.designs.published()]


async def test_the_standard_design_is_edited_like_any_other_and_never_deleted(house: House) -> None:
    tab = Tab()
    await tab.edit(STANDARD_SLUG)
    await tab.change(TITLE, "Annan standard")
    assert (await _stored(house, STANDARD_SLUG)).copy_["sv"].title == "Annan standard"
    await tab.call(PaywallListState, "ask", STANDARD_SLUG)
    state = await tab.call(PaywallListState, "delete", STANDARD_SLUG)
    assert "not deleted" in state.message


async def test_only_what_was_asked_about_is_deleted(house: House, tab: Tab, slug: str) -> None:
    await tab.call(PaywallListState, "delete", slug)
    assert (await _stored(house, slug)).name == "Metered card"
    await tab.call(PaywallListState, "ask", slug)
    await tab.call(PaywallListState, "delete", slug)
    with pytest.raises(DesignMissing):
        await house.shop.designs.draft(slug)


async def test_offers_are_listed_ordered_and_taken_away(house: House, tab: Tab, slug: str) -> None:
    await tab.call(EditorState, "list_offers", False)
    state = await tab.call(EditorState, "list_offers", True)
    codes = [row.code for row in state.offers]
    assert len(codes) > 2
    assert all(row.price for row in state.offers)
    await tab.change("offers.preselected", codes[0])
    state = await tab.call(EditorState, "move", "offers.listed.0", 1)
    assert [row.code for row in state.offers] == [codes[1], codes[0], *codes[2:]]
    await tab.change("offers.listed.1.badge.sv", "Mest vald")
    await tab.call(EditorState, "remove", "offers.listed.1")
    left = (await _stored(house, slug)).offers
    assert codes[0] not in [offer.code for offer in left.listed]
    assert left.preselected is None
    state = await tab.call(EditorState, "add_offer", codes[0])
    assert state.offers[-1].code == codes[0]


async def test_an_empty_badge_is_no_badge(house: House, tab: Tab, slug: str) -> None:
    await tab.call(EditorState, "list_offers", False)
    await tab.call(EditorState, "list_offers", True)
    await tab.change("offers.listed.0.badge.sv", "Mest vald")
    await tab.change("offers.listed.0.badge.sv", "")
    assert (await _stored(house, slug)).offers.listed[0].badge == {}


async def test_a_language_is_begun_with_another_ones_copy(house: House, tab: Tab, slug: str) -> None:
    await tab.call(EditorState, "choose_language", "en")
    state = await tab.call(EditorState, "remove_language")
    assert not state.language_written
    await tab.call(EditorState, "copy_from", "sv")
    copies = (await _stored(house, slug)).copy_
    assert copies["en"] == copies["sv"]


async def test_reasons_are_added_moved_and_taken_away(house: House, tab: Tab, slug: str) -> None:
    before = (await _stored(house, slug)).copy_["sv"].reasons
    state = await tab.call(EditorState, "add_reason")
    last = len(before)
    assert state.go_to.endswith(f"copy.sv.reasons.{last}")
    await tab.change(f"copy.sv.reasons.{last}", "Den sista")
    state = await tab.call(EditorState, "move", f"copy.sv.reasons.{last}", -1)
    assert state.go_to.endswith(f" up-copy.sv.reasons.{last - 1}")
    assert (await _stored(house, slug)).copy_["sv"].reasons[last - 1] == "Den sista"
    await tab.call(EditorState, "remove", f"copy.sv.reasons.{last - 1}")
    assert (await _stored(house, slug)).copy_["sv"].reasons == before


async def test_fields_of_another_access_model_are_not_in_the_way(tab: Tab) -> None:
    state = await tab.change("access.model", "hard")
    shown = [field.path for part in state.fields.values() for field in part]
    assert "access.days" not in shown
    assert "copy.sv.dismiss" not in shown
    state = await tab.change("access.model", "soft")
    assert "copy.sv.dismiss" in [field.path for field in state.fields["copy"]]


async def test_an_import_names_every_wrong_field_and_changes_nothing(
    house: House, tab: Tab, slug: str
) -> None:
    before = await _stored(house, slug)
    wrong = {"name": "x", "theme": {"corner_radius": 99}, "colour": "red"}
    state = await tab.call(DesignFilesState, "import_text", {"content": json.dumps(wrong)})
    assert {fault.path for fault in state.faults} == {"theme.corner_radius", "colour"}
    assert await _stored(house, slug) == before
    state = await tab.call(DesignFilesState, "import_file", "x" * (LARGEST_BYTES + 1))
    assert "larger" in state.refusal


async def test_what_was_exported_is_imported_and_an_undo_brings_the_draft_back(
    house: House, tab: Tab, slug: str
) -> None:
    other = next(one for one in templates() if one.key == "soft-sheet").design
    await tab.call(DesignFilesState, "import_text", {"content": other.as_json()})
    assert await _stored(house, slug) == other
    assert (await house.shop.designs.history(slug))[0].what is Change.IMPORTED
    await tab.call(EditorState, "undo")
    assert (await _stored(house, slug)).name == "Metered card"


async def test_what_the_list_imports_does_not_go_into_a_design_that_was_open_before(
    house: House, tab: Tab, slug: str
) -> None:
    before = await _stored(house, slug)
    content = templates()[3].design.as_json()
    # The page is another, and its first event has not been dealt with yet.
    data = {"headers": {"cookie": ""}, "asPath": "/studio/paywalls", "pathname": "/studio/paywalls"}
    tab.root.router = RouterData.from_router_data({**data, "query": {}})
    await tab.call(DesignFilesState, "import_file", content)
    await tab.change(TITLE, "Late")
    assert await _stored(house, slug) == before
    assert len(await house.shop.designs.all()) == 3


async def test_a_long_sitting_keeps_the_state_small(tab: Tab) -> None:
    for number in range(120):
        await tab.call(EditorState, "choose_language", "en" if number % 2 else "sv")
        await tab.change("copy.sv.title" if number % 2 else "copy.en.title", f"Rubrik {number}")
    state: Any = await tab.root.get_state(EditorState)
    assert len(pickle.dumps(state._steps)) < 500_000


@pytest.mark.parametrize("name", ["../../etc", "no-such-design", "standard\0", "x" * 9_000])
async def test_a_name_that_is_no_design_is_said_to_be_none(name: str) -> None:
    state = await Tab().edit(name)
    assert (state.status, state.slug) == ("missing", "")


async def test_one_of_several_values_is_ticked_and_unticked(house: House, tab: Tab, slug: str) -> None:
    await tab.call(EditorState, "choose", "targeting.readers", "lapsed", True)
    state = await tab.call(EditorState, "choose", "targeting.readers", "anonymous", True)
    assert (await _stored(house, slug)).targeting.readers == ("lapsed", "anonymous")
    chosen = [one.value for one in _field(state, "targeting.readers").options if one.chosen]
    assert sorted(chosen) == ["anonymous", "lapsed"]
    await tab.call(EditorState, "choose", "targeting.readers", "lapsed", False)
    assert (await _stored(house, slug)).targeting.readers == ("anonymous",)


async def test_a_note_is_one_line_that_every_database_takes(house: House, tab: Tab, slug: str) -> None:
    await tab.call(EditorState, "publish", {"note": "first\n\x00 \ud800second" + "x" * 9_000})
    [version] = await house.shop.designs.versions(slug)
    assert version.note.startswith("first second")
    assert len(version.note) == LONGEST_NOTE


async def test_the_frame_is_not_opened_anew_unless_it_shows_something_else(tab: Tab, slug: str) -> None:
    state = await tab.call(PaywallPreviewState, "show")
    first = state.address
    assert first.startswith("/article/")
    assert (await tab.call(PaywallPreviewState, "show")).address == first
    state = await tab.call(PaywallPreviewState, "turn", "language", "en")
    assert state.address.startswith("/en/article/")
    state = await tab.call(PaywallPreviewState, "turn", "device", "phone")
    assert state.width == 390


async def test_the_frame_follows_the_language_whose_copy_is_edited(tab: Tab) -> None:
    await tab.call(PaywallPreviewState, "show")
    await tab.call(EditorState, "lead_to", "copy.en.title")
    state = await tab.call(PaywallPreviewState, "follow")
    assert state.address.startswith("/en/article/")


async def test_a_design_without_a_wall_on_metered_articles_is_seen_on_a_premium_one(house: House) -> None:
    tab = Tab()
    await tab.edit(await _made(house, "trial-comparison"))
    state = await tab.call(PaywallPreviewState, "show")
    assert state.kind == "premium"


HOSTILE: tuple[Any, ...] = (None, [], {}, 7, "", "x" * 10_000, "__class__", "copy", "copy.sv.title.x.y", "..")


@pytest.mark.parametrize("sent", HOSTILE, ids=repr)
async def test_whatever_a_client_sends_the_draft_is_as_it_was(
    house: House, tab: Tab, slug: str, sent: Any
) -> None:
    before = await _stored(house, slug)
    for handler in ("remove", "add_offer", "choose_language", "copy_from", "ask", "lead_to", "publish"):
        await tab.call(EditorState, handler, sent)
    for value in (sent, "text", True):
        await tab.change(sent, value)
    for name, arguments in {"choose": (sent, sent, sent), "move": (sent, sent)}.items():
        await tab.call(EditorState, name, *arguments)
    for handler in ("start", "duplicate", "ask", "delete"):
        await tab.call(PaywallListState, handler, sent)
    await tab.call(PaywallPreviewState, "turn", sent, sent)
    await tab.call(VersionsState, "compare", sent, sent)
    await tab.call(VersionsState, "ask", sent)
    await tab.call(VersionsState, "roll_back", sent)
    await tab.call(DesignFilesState, "import_text", sent)
    await tab.call(DesignFilesState, "import_file", sent)
    assert await _stored(house, slug) == before
    assert len(await house.shop.designs.all()) == 2


async def test_a_closed_door_changes_nothing(
    house: House, tab: Tab, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _stored(house, slug)
    monkeypatch.setattr(type(house.shop.studio), "allows", lambda _self, _cookie: asyncio.sleep(0, False))
    await tab.change(TITLE, "Nobody may")
    await tab.call(EditorState, "publish", {})
    await tab.call(PaywallListState, "start", "metered-card")
    assert await _stored(house, slug) == before
    assert len(await house.shop.designs.all()) == 2
