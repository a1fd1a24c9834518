"""Recovery that does not run is seen by readiness, by the log and by the doctor, whatever clocks say."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from klarna_shop.assembly import House
from klarna_shop.operations.diagnosis import check_recovery
from klarna_shop.operations.findings import Grade
from klarna_shop.shop.clock import system_clock
from klarna_shop.shop.housekeeping import LEASE
from klarna_shop.shop.lease import Lease
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.rounds import NAME, SILENCE_ALLOWED, Rounds, RoundsRow, RoundsStopped
from tests.house import Approve, Later, Line, Open
from tests.postgres import settings_on_both

__all__ = ["settings_on_both"]


async def test_a_lease_of_tomorrow_stops_no_round(house: House) -> None:
    lasting = LEASE + timedelta(days=1)
    assert await Lease(house.shop.database, "housekeeping", lasting, now=house.shop.clock).take()
    await house.housekeeping.once()
    [finding] = await check_recovery(house.shop.settings)
    assert (finding.grade, "its last round ended" in finding.text) == (Grade.GOOD, True)


async def test_rounds_that_are_not_made_are_noticed(
    house: House, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    await house.housekeeping.once()
    await house.shop.rounds.check()
    later(SILENCE_ALLOWED + timedelta(seconds=1))
    with pytest.raises(RoundsStopped):
        await house.shop.rounds.check()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            await house.housekeeping._heed_silence()
    assert caplog.text.count("no process has finished a round") == 1
    await house.housekeeping.once()
    await house.shop.rounds.check()


async def test_a_round_of_another_process_counts_whatever_its_clock_says(house: House, later: Later) -> None:
    def other(ahead: timedelta) -> Rounds:
        return Rounds(house.shop.database, lambda: house.shop.clock() + ahead, lambda: 0.0)

    for days in (-400, 400):
        await other(timedelta(days=days)).finished()
        await house.shop.rounds.check()
        later(SILENCE_ALLOWED - timedelta(seconds=1))
        await other(timedelta(days=days)).finished()
        later(SILENCE_ALLOWED - timedelta(seconds=1))
        await house.shop.rounds.check()
    [finding] = await check_recovery(house.shop.settings)
    assert (finding.grade, "yet to come" in finding.text) == (Grade.POOR, True)


async def test_the_doctor_tells_of_old_rounds_and_of_purchases_that_wait(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve
) -> None:
    assert "not run on this database" in (await check_recovery(house.shop.settings))[0].text
    await house.housekeeping.once()
    line.faults["/place_order"] = ["unreachable"]
    await approve(visitor, await open_purchase(visitor))
    later = system_clock() + timedelta(hours=1)
    rounds, purchases = await check_recovery(house.shop.settings, lambda: later)
    assert (rounds.grade, purchases.grade) == (Grade.POOR, Grade.POOR)
    assert "1 authorized" in purchases.text


async def test_a_purchase_changed_by_a_clock_that_was_ahead_is_taken_up(
    house: House, line: Line, visitor: Reader, open_purchase: Open, approve: Approve, later: Later
) -> None:
    assert house.sandbox is not None
    later(timedelta(days=1))
    line.faults["/place_order"] = ["unreachable"]
    waiting = await approve(visitor, await open_purchase(visitor))
    house.sandbox.clock.reset()
    await house.recovery.once()
    assert (await house.shop.purchases.find(visitor, waiting.id)).order_id


async def _broken(*_: object, **__: object) -> int:
    raise RuntimeError("broken")


LATER_STEPS = (
    ("withdrawals", "once"),
    ("mails", "once"),
    ("retention", "erase"),
    ("withdrawals", "erase_old"),
    ("mails", "erase_old"),
    ("trials", "once"),
)


async def _rounds_made(house: House) -> int:
    row = await house.shop.database.read(lambda session: session.get(RoundsRow, NAME))
    return row.number if row else 0


async def test_a_round_counts_once_purchases_are_recovered_whatever_comes_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later step that hangs would turn `/readyz` red on all processes."""
    seen: list[int] = []

    async def note(*_: object) -> int:
        seen.append(await _rounds_made(house))
        return 0

    for part, step in LATER_STEPS:
        monkeypatch.setattr(type(getattr(house.housekeeping, part)), step, note)
    await house.housekeeping.once()
    assert seen == [1] * len(LATER_STEPS)
    assert await _rounds_made(house) == 1


async def test_a_later_step_that_fails_stops_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[tuple[str, str]] = []
    for one in LATER_STEPS:

        async def note(*_: object, one: tuple[str, str] = one) -> int:
            done.append(one)
            return 0

        monkeypatch.setattr(type(getattr(house.housekeeping, one[0])), one[1], note)
    for part, step in (*LATER_STEPS, ("identities", "erase_old"), ("rounds", "finished")):
        done.clear()
        caplog.clear()
        house.housekeeping._tidied_at = None
        with monkeypatch.context() as patched:
            patched.setattr(type(getattr(house.housekeeping, part)), step, _broken)
            await house.housekeeping.once()
        assert done == [one for one in LATER_STEPS if one != (part, step)]
        assert caplog.text.count("failed; the next round tries again") == 1


async def test_a_round_in_which_recovery_fails_does_not_count(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(house.recovery), "once", _broken)
    with pytest.raises(RuntimeError):
        await house.housekeeping.once()
    assert await _rounds_made(house) == 0
