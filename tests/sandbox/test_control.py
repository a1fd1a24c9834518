"""The control over HTTP: who may use it, and what each switch does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from klarna_shop.sandbox import Clock, Readings, Sandbox, SandboxSettings
from tests.sandbox.conftest import NOW, Caller

AUTHORIZED = httpx.BasicAuth("sandbox-client", "sandbox-secret")
PATHS = ["faults", "clock", "readings", "uncertainty", "webhooks"]


class Control:
    """Speaks to the control, with the right secret unless told otherwise."""

    def __init__(self, caller: Caller) -> None:
        self._http = caller.http

    async def __call__(self, method: str, name: str, json: Any = None, **options: Any) -> httpx.Response:
        path = f"/sandbox/control/{name}"
        return await self._http.request(method, path, json=json, **({"auth": AUTHORIZED} | options))


@pytest.fixture
def control(caller: Caller) -> Control:
    return Control(caller)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    "auth", [None, ("sandbox-client", "wrong"), ("somebody", "sandbox-secret"), ("åäö", "åäö")]
)
async def test_only_the_api_user_is_let_in(control: Control, name: str, auth: Any) -> None:
    answer = await control("GET", name, auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Basic"


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic ====", "Bearer c2FuZGJveA==", "Basic w6U="])
async def test_a_broken_authorization_is_none(caller: Caller, header: str) -> None:
    answer = await caller.http.get("/sandbox/control/clock", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "name"),
    [("POST", "faults"), ("POST", "clock"), ("PUT", "readings"), ("PUT", "uncertainty"), ("PUT", "webhooks")],
)
async def test_no_form_of_another_site_gets_through(control: Control, method: str, name: str) -> None:
    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = await control(method, name, content=b"{}", headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_content_type_error")
    for content in (b"", b"[]", b"{", b"[" * 10_000, b"x" * 100_000):
        answer = await control(method, name, content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "json_parser_error")


async def test_an_unknown_switch_and_a_wrong_method_are_refused_in_json(control: Control) -> None:
    assert (await control("GET", "weather")).json()["code"] == "not_found"
    assert (await control("PATCH", "clock")).json()["code"] == "method_not_allowed"


async def test_faults_are_listed_added_and_cleared(control: Control, caller: Caller) -> None:
    added = await control("POST", "faults", {"kind": "status", "status": 503, "times": 2, "scope": "mine"})
    assert added.status_code == 200
    item = added.json()["item"]
    assert (item["kind"], item["status"], item["when"], item["seen"]) == ("status", 503, "before", 0)
    await control("POST", "faults", {"kind": "cut", "path": "*/place_order"})
    listed = (await control("GET", "faults")).json()
    assert [entry["kind"] for entry in listed["items"]] == ["status", "cut"]
    assert "payment_method_failed" in listed["errors"]
    assert "silence" in listed["kinds"]
    answer = await caller.http.get("/external/api/v1/titles", headers={"X-Sandbox-Scope": "mine"})
    assert answer.status_code == 503
    assert (await control("DELETE", f"faults?id={item['id']}")).json() == {"item": {"cleared": 1}}
    assert (await control("DELETE", "faults")).json() == {"item": {"cleared": 1}}
    assert (await control("GET", "faults")).json()["items"] == []


@pytest.mark.parametrize(
    ("fault", "code", "field"),
    [
        ({}, "invalid_parameter", "kind"),
        ({"kind": "bang"}, "invalid_parameter", "kind"),
        ({"kind": "latency"}, "invalid_parameter", "milliseconds"),
        ({"kind": "latency", "milliseconds": "300"}, "invalid_parameter", "milliseconds"),
        ({"kind": "cut", "when": "during"}, "invalid_parameter", "when"),
        ({"kind": "cut", "times": 10**9}, "invalid_parameter", "times"),
        ({"kind": "error", "error": "bad_luck"}, "invalid_parameter", "error"),
        ({"kind": "cut", "how_often": 3}, "unknown_parameter", None),
    ],
)
async def test_a_wrong_fault_is_refused_in_payways_shape(
    control: Control, fault: dict[str, Any], code: str, field: str | None
) -> None:
    answer = await control("POST", "faults", fault)
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == (400, code, field)
    assert (await control("GET", "faults")).json()["items"] == []


async def test_the_clock_is_moved_set_and_put_back(control: Control, clock: Clock) -> None:
    moved = (await control("POST", "clock", {"move_seconds": 3600})).json()["item"]
    assert moved == {"now": "2026-03-10T10:30:00+00:00", "offset_seconds": 3600.0, "stopped": True}
    await control("POST", "clock", {"to": "2026-04-01T00:00:00+02:00"})
    assert clock.now() == datetime(2026, 3, 31, 22, tzinfo=UTC)
    await control("POST", "clock", {"move_seconds": -60})
    assert clock.now() == datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    assert (await control("DELETE", "clock")).json()["item"]["offset_seconds"] == 0
    assert clock.now() > NOW


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "move_seconds"),
        ({"move_seconds": 1, "to": "2026-04-01T00:00:00Z"}, "to"),
        ({"move_seconds": 1.5}, "move_seconds"),
        ({"move_seconds": 10**12}, "move_seconds"),
        ({"move_seconds": -100 * 365 * 24 * 3600}, "move_seconds"),
        ({"to": "2026-04-01T00:00:00"}, "to"),
        ({"to": "tomorrow"}, "to"),
        ({"to": "9999-12-31T23:59:59-12:00"}, "to"),
        ({"to": "1066-10-14T09:00:00Z"}, "to"),
    ],
)
async def test_a_time_that_cannot_be_is_refused(
    control: Control, clock: Clock, body: dict[str, Any], field: str
) -> None:
    answer = await control("POST", "clock", body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert clock.now() == NOW


async def test_readings_are_shown_with_all_they_could_be(control: Control) -> None:
    items = {item["name"]: item for item in (await control("GET", "readings")).json()["items"]}
    assert set(items) == set(Readings().values())
    categories = items["categories"]
    assert (categories["section"], categories["provenance"]) == ("5.2", "unknown")
    assert categories["value"] == categories["default"] == ["pay_now", "direct_debit"]
    not_drawn = [entry for entry in categories["alternatives"] if entry["not_drawn"]]
    assert [entry["value"] for entry in not_drawn] == [[]]


async def test_readings_hold_from_the_next_call_until_they_are_put_back(
    control: Control, caller: Caller
) -> None:
    changed = {"redirect_field": None, "categories": ["direct_debit"], "categories_form": "names"}
    answer = await control("PUT", "readings", changed)
    assert changed.items() <= answer.json()["item"].items()
    await control("PUT", "readings", {"order_id_in_answer": False})
    assert (await caller.buy(None)).json() == {"item": {}}
    await control("DELETE", "readings")
    assert set((await caller.buy(None)).json()["item"]) == {"order_id", "redirect_url"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"post_status": 204}, "post_status"),
        ({"post_status": "201"}, "post_status"),
        ({"categories": ["swish"]}, "categories"),
        ({"categories": [["pay_now"]]}, "categories"),
        ({"redirect_field": {}}, "redirect_field"),
        ({"weather": "fine"}, "weather"),
    ],
)
async def test_a_reading_that_does_not_exist_is_refused(
    control: Control, caller: Caller, values: dict[str, Any], field: str
) -> None:
    answer = await control("PUT", "readings", {"token_type": None} | values)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        400,
        "invalid_parameter",
        field,
    )
    assert caller.sandbox.readings == Readings()


async def test_uncertainty_begins_and_ends(control: Control, caller: Caller) -> None:
    assert (await control("PUT", "uncertainty", {"seed": 7})).json() == {"item": {"seed": 7}}
    drawn = [(await caller.token(grant_type="none")).text.count("scope") for _ in range(20)]
    assert len(set(drawn)) > 1
    assert (await control("GET", "readings")).json()["uncertainty"] == 7
    assert (await control("DELETE", "uncertainty")).json() == {"item": {"seed": None}}
    for seed in (-1, "7", None, 2**53):
        refused = await control("PUT", "uncertainty", {"seed": seed})
        assert (refused.status_code, refused.json()["field"]) == (400, "seed")


async def test_processes_on_one_file_share_time_readings_and_uncertainty(tmp_path: Any) -> None:
    settings = SandboxSettings(database_path=tmp_path / "sandbox.sqlite3")
    one, other = Sandbox(settings), Sandbox(settings)
    one.clock.move(timedelta(days=3))
    assert other.clock.now() - datetime.now(UTC) > timedelta(days=2)
    one.readings = Readings(categories=("direct_debit",), redirect_field=None)
    assert other.readings == one.readings
    one.be_uncertain(5)
    assert (other.uncertainty, other.readings) == (5, one.readings)
    other.be_certain()
    later = Sandbox(settings)
    assert (one.uncertainty, later.uncertainty) == (None, None)
    assert later.readings == one.readings
    assert later.clock.offset == timedelta(days=3)
    other.clock.reset()
    other.reset_readings()
    assert (one.clock.offset, one.readings) == (timedelta(0), Readings())
    assert not list(tmp_path.glob("*.clock"))


async def test_a_seed_to_start_with_goes_before_what_was_said_earlier_and_after_what_is_said_later(
    tmp_path: Any,
) -> None:
    settings = SandboxSettings(database_path=tmp_path / "sandbox.sqlite3")
    earlier = Sandbox(settings)
    earlier.be_certain()
    started = Sandbox(settings, uncertainty=11)
    assert (started.uncertainty, earlier.uncertainty) == (11, None)
    earlier.be_uncertain(12)
    assert started.uncertainty == 12
    earlier.be_certain()
    assert started.uncertainty is None


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"readings": {"weather": "fine"}}'])
async def test_a_file_that_says_nothing_sensible_changes_nothing(tmp_path: Any, content: str) -> None:
    settings = SandboxSettings(database_path=tmp_path / "sandbox.sqlite3")
    (tmp_path / "sandbox.sqlite3.readings").write_text(content)
    sandbox = Sandbox(settings)
    assert (sandbox.readings, sandbox.uncertainty) == (Readings(), None)


async def test_a_customer_is_put_into_debt_and_out_of_it(caller: Caller, control: Control) -> None:
    astrid = {"email": "astrid.lundmark@demo.example"}
    assert (await control("PUT", "debts", {**astrid, "in_debt": True}, auth=None)).status_code == 401
    assert (await control("PUT", "debts", {**astrid, "in_debt": True})).status_code == 200
    refused = await caller.place("astrid.lundmark", await caller.session("astrid.lundmark"))
    assert (refused.status_code, refused.json()["code"]) == (403, "payment_method_failed")
    assert (await control("PUT", "debts", {**astrid, "in_debt": False})).status_code == 200
    assert (await caller.place("astrid.lundmark", await caller.session("astrid.lundmark"))).status_code == 200
    nobody = await control("PUT", "debts", {"email": "nobody@demo.example", "in_debt": True})
    assert nobody.status_code == 404
