"""The sandbox's switches as the studio uses them: over HTTP, whether it is embedded or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from klarna_shop.shop.scenarios.catalogue import SCENARIOS
from klarna_shop.shop.scenarios.scenario import Scenario

DEADLINE_SECONDS = 5.0
CONTROL = "/sandbox/control"


class StageUnavailable(Exception):
    """The sandbox did not answer, or not with what it should."""


@dataclass(frozen=True)
class Moment:
    """What time it is in the sandbox (UTC), and how far that is from the computer's time."""

    now: datetime
    moved: timedelta

    @property
    def is_moved(self) -> bool:
        """Whether it is another time than the computer's, by more than what a call takes."""
        return abs(self.moved) > timedelta(seconds=5)


class Stage:
    """Provokes scenarios for one browser (`scope`), and moves the one clock that all share.

    Every method raises `StageUnavailable` where the sandbox does not answer within `DEADLINE_SECONDS`.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        """`http` has the sandbox's address, the API user's id and secret, and its way there."""
        self._http = http

    async def switch_on(self, scenario: Scenario, scope: str) -> None:
        """Let it happen to this browser, in place of whatever else was on for it."""
        await self.switch_off(scope)
        for order in scenario.orders:
            await self._call("POST", "faults", json={**order, "scope": scope})

    async def switch_off(self, scope: str) -> None:
        """Let nothing more happen to this browser."""
        await self._call("DELETE", "faults", params={"scope": scope})

    async def on_for(self, scope: str) -> frozenset[str]:
        """Codes of the scenarios of which something is still to happen to this browser."""
        planned = [row for row in (await self._call("GET", "faults"))["items"] if row["scope"] == scope]
        return frozenset(
            scenario.code
            for scenario in SCENARIOS
            if scenario.orders and all(_is_among(order, planned) for order in scenario.orders)
        )

    async def moment(self) -> Moment:
        """What time it is in the sandbox."""
        return _moment(await self._call("GET", "clock"))

    async def move_to(self, moment: datetime) -> Moment:
        """Make it another time, for everybody."""
        return _moment(await self._call("POST", "clock", json={"to": moment.isoformat()}))

    async def back_to_now(self) -> Moment:
        """The computer's time again."""
        return _moment(await self._call("DELETE", "clock"))

    async def set_debt(self, email: str, in_debt: bool) -> None:
        """Say whether Klarna refuses this customer's renewals from now on."""
        await self._call("PUT", "debts", json={"email": email, "in_debt": in_debt})

    async def deliver_mail(self, recipient: str, subject: str, text: str, language: str) -> None:
        """Put a mail of the shop into the sandbox's mailbox."""
        mail = {"recipient": recipient, "subject": subject, "text": text, "language": language}
        await self._call("POST", "mails", json=mail)

    async def close(self) -> None:
        """Give connections back."""
        await self._http.aclose()

    async def _call(self, method: str, switch: str, **arguments: Any) -> dict[str, Any]:
        try:
            response = await self._http.request(
                method, f"{CONTROL}/{switch}", timeout=DEADLINE_SECONDS, **arguments
            )
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise StageUnavailable(f"{method} {switch}: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise StageUnavailable(f"{method} {switch}: not an object")
        return answer


def _is_among(order: Mapping[str, Any], planned: Sequence[Mapping[str, Any]]) -> bool:
    return any(all(row.get(name) == value for name, value in order.items()) for row in planned)


def _moment(answer: Mapping[str, Any]) -> Moment:
    item = answer["item"]
    return Moment(datetime.fromisoformat(item["now"]), timedelta(seconds=item["offset_seconds"]))
