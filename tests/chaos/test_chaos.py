"""Fifty purchases while everything fails; `make chaos N=1000` makes more."""

from __future__ import annotations

import pytest

from klarna_shop.operations.build import BUILT
from tests.chaos.__main__ import told
from tests.chaos.plan import Backend, plan
from tests.chaos.run import carry_out

pytestmark = pytest.mark.socket

SEED = 7
SIZE = 25


@pytest.mark.parametrize("backend", list(Backend))
async def test_every_approval_ends_in_one_order_or_a_shown_refusal(
    backend: Backend, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    result = await carry_out(plan(SEED, backend, SIZE), tmp_path_factory.mktemp("chaos"), by_hand=True)
    assert not result.violations, told(result)
    # Enough has happened for that to mean something.
    assert result.deaths >= 3
    assert result.orders >= SIZE // 4
    assert result.measured == result.placed >= result.orders
    assert result.lost_answers
