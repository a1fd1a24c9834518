"""A start without an earlier SECRET_KEY says what is lost, and refuses where an approval is among it."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from pydantic import SecretStr

from klarna_shop.assembly import House
from klarna_shop.operations.diagnosis import check_secret_key
from klarna_shop.operations.findings import Grade
from klarna_shop.operations.keys import check_keys
from klarna_shop.operations.progress import StepFailed
from klarna_shop.settings import Settings
from klarna_shop.shop.purchase.buyer_address import AddressDigests
from klarna_shop.shop.reader import Reader
from tests.house import Open, SignIn
from tests.postgres import settings_on_both

__all__ = ["settings_on_both"]

NEW = "the new key of tests, which has read nothing so far"


def _after_replacing(settings: Settings, keys: str, **more: str) -> Settings:
    return settings.model_copy(update={"secret_key": SecretStr(keys), **more})


async def _approved(house: House, visitor: Reader, open_purchase: Open) -> None:
    opened = await open_purchase(visitor)
    await house.shop.purchases.approve(visitor, opened.session_fingerprint, str(uuid.uuid4()))


async def test_a_lost_key_of_an_approval_stops_the_start_in_one_line(
    house: House, visitor: Reader, open_purchase: Open, sign_in: SignIn
) -> None:
    await _approved(house, visitor, open_purchase)
    await open_purchase(await sign_in("astrid.lundmark@demo.example"))
    with pytest.raises(StepFailed) as refused:
        await asyncio.to_thread(check_keys, _after_replacing(house.shop.settings, NEW))
    told = str(refused.value)
    assert "approved and that have no order yet: 1, begun purchases: 1, sign-ins: 1" in told
    assert "SECRET_KEY_LOST" in told
    assert "\n" not in told


async def test_a_lost_key_of_digests_is_told_in_the_same_line(
    house: House, visitor: Reader, open_purchase: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "the key of e-mail digests, without which earlier trials"
    await AddressDigests(house.shop.database, house.shop.settings.secret_keys).load()
    lost = _after_replacing(house.shop.settings, NEW)
    await asyncio.to_thread(check_keys, lost)
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("warning: SECRET_KEY cannot read")
    assert told in line
    assert "a trial can be had again" in line
    [finding] = await check_secret_key(lost)
    assert (finding.grade, told in finding.text) == (Grade.POOR, True)
    await _approved(house, visitor, open_purchase)
    with pytest.raises(StepFailed, match=told):
        await asyncio.to_thread(check_keys, lost)


async def test_a_key_of_digests_that_is_read_is_not_told(
    house: House, visitor: Reader, open_purchase: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_purchase(visitor)
    replaced = _after_replacing(house.shop.settings, NEW)
    await AddressDigests(house.shop.database, replaced.secret_keys).load()
    await asyncio.to_thread(check_keys, replaced)
    told = capsys.readouterr().out
    assert "begun purchases: 1" in told
    assert "e-mail digests" not in told


async def test_it_starts_with_the_old_key_behind_the_new_one(
    house: House, visitor: Reader, open_purchase: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    await _approved(house, visitor, open_purchase)
    settings = house.shop.settings
    both = _after_replacing(settings, f"{NEW},{settings.secret_keys[0]}")
    await asyncio.to_thread(check_keys, both)
    assert capsys.readouterr().out == ""
    assert [finding.grade for finding in await check_secret_key(both)] == [Grade.GOOD]


async def test_it_starts_and_says_so_where_the_loss_is_accepted_or_costs_nobody_money(
    house: House, visitor: Reader, open_purchase: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_purchase(visitor, "digital-30")
    await asyncio.to_thread(check_keys, _after_replacing(house.shop.settings, NEW))
    assert "begun purchases: 1" in capsys.readouterr().out
    await _approved(house, visitor, open_purchase)
    accepted = _after_replacing(house.shop.settings, NEW, secret_key_lost="accept")
    await asyncio.to_thread(check_keys, accepted)
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("warning: SECRET_KEY cannot read")
    [finding] = await check_secret_key(accepted)
    assert (finding.grade, "no order yet: 1" in finding.text) == (Grade.WRONG, True)
