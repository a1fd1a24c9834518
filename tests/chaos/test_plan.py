"""The plan: the seed alone decides it."""

from __future__ import annotations

from collections import Counter

from tests.chaos.plan import Backend, Manner, Victim, plan


def test_the_same_seed_is_the_same_plan_and_another_is_another() -> None:
    for backend in Backend:
        assert plan(7, backend, 50) == plan(7, backend, 50)
        assert plan(7, backend, 50) != plan(8, backend, 50)


def test_a_plan_has_every_manner_and_every_victim_in_the_long_run() -> None:
    drawn = [plan(seed, Backend.POSTGRESQL, 50) for seed in range(10)]
    assert {shopper.manner for each in drawn for shopper in each.shoppers} == set(Manner)
    assert {kill.victim for each in drawn for kill in each.kills} == set(Victim)


def test_no_two_shoppers_share_a_browser_or_a_token_and_many_an_address_and_offer() -> None:
    shoppers = plan(7, Backend.SQLITE, 200).shoppers
    buyers = Counter((shopper.email.lower(), shopper.code) for shopper in shoppers)
    assert len({shopper.email.lower() for shopper in shoppers}) == len(buyers)
    assert sum(count for count in buyers.values() if count > 1) > 60
    signed_in = {shopper.email for shopper in shoppers if shopper.has_account}
    assert any(shopper.email in signed_in and not shopper.has_account for shopper in shoppers)
    assert len({shopper.cookie_token for shopper in shoppers}) == 200
    assert len({token for shopper in shoppers for token in shopper.tokens}) == 400
