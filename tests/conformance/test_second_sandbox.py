"""Against a sandbox in another process, on a real port: equal, and with other readings found out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.conformance.outcome import Outcome, find_out
from klarna_shop.operations.conformance.probes import PROBES
from klarna_shop.operations.conformance.target import Target, target_from
from klarna_shop.sandbox import Readings
from klarna_shop.settings import Settings, read_settings
from tests.sandbox_process import sandbox_process
from tests.served import free_port

OTHER = {
    "wrap_klarna_answers": False,
    "redirect_field": "redirect_uri",
    "post_status": 201,
    "unauthorized_code": "invalid_token",
    "forbidden_body": "oauth",
    "identity_missing_status": 403,
    "timestamps": "milliseconds",
    "refuse_ineligible_sessions": True,
    "ineligible_session_status": 409,
}
INNOCENT = {"void_session_answer", "token_type"}
ASKED = (
    "token without identity",
    "call with a made-up token",
    "call with a token of another scope",
    "identity endpoint with a token without identity",
    "session for a package, v1",
    "session for a package, v2",
    "order on a made-up session, v2",
    "order, v2",
    "account, v3",
    "titles",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("second") / "sandbox.sqlite3"
    with sandbox_process(database, free_port()) as address:
        yield address


@pytest.fixture
def target(address: str, settings: Settings) -> Target:
    return target_from(read_settings(_env_file=None, payway_api_url=address), {})


@pytest.fixture
def other_readings(address: str) -> Iterator[None]:
    """The second sandbox reads the reference otherwise."""
    with httpx.Client(base_url=address, auth=("sandbox-client", "sandbox-secret"), timeout=30) as http:
        http.put("/sandbox/control/readings", json=OTHER).raise_for_status()
        yield
        http.delete("/sandbox/control/readings").raise_for_status()


async def asked(target: Target) -> Outcome:
    probes = [probe for probe in PROBES if probe.name in ASKED]
    choices = [one for one in Readings.choices() if one.name in OTHER or one.name in INNOCENT]
    return await find_out(target, probes=probes, choices=choices)


async def test_two_sandboxes_are_equal(target: Target) -> None:
    outcome = await find_out(target, choices=())
    assert outcome.found == ()
    assert (outcome.compared, outcome.skipped, outcome.lost) == (len(PROBES), [], [])


async def test_what_would_have_shown_is_confirmed(target: Target) -> None:
    outcome = await asked(target)
    assert outcome.explanation is not None
    assert outcome.explanation.settings == {}
    # What depends on another reading does not show by itself.
    hidden = {"ineligible_session_status"}
    assert set(outcome.explanation.confirmed) == (set(OTHER) | INNOCENT) - hidden
    assert set(outcome.explanation.unseen) == hidden


@pytest.mark.usefixtures("other_readings")
async def test_other_readings_are_found_by_name_and_value(target: Target) -> None:
    outcome = await asked(target)
    assert outcome.explanation is not None
    assert outcome.explanation.settings == OTHER
    assert {reading.name for one in outcome.found for reading in one.readings} == set(OTHER)
    assert [one for one in outcome.found if not one.readings] == []
    assert outcome.contradictions == []
    assert set(outcome.explanation.confirmed) == INNOCENT


@pytest.mark.usefixtures("other_readings")
async def test_without_trying_readings_the_differences_still_show(target: Target) -> None:
    outcome = await find_out(target, choices=())
    assert {"item", "status", "code"} <= {one.difference.at for one in outcome.found}
    assert outcome.explanation is None


def test_the_command_writes_the_report_and_ends_with_its_verdict(address: str, tmp_path: Path) -> None:
    written = tmp_path / "report.md"
    names = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    command = [
        sys.executable,
        "-m",
        "klarna_shop.operations.conformance",
        "--quick",
        "--output",
        str(written),
    ]

    def ended(api: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**environment, "PAYWAY_API_URL": api},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    good = ended(address)
    assert good.returncode == 0, good.stderr
    assert "nothing contradicts the documentation" in good.stdout
    assert written.read_text() in good.stdout
    nobody = ended(f"http://localhost:{free_port()}")
    assert nobody.returncode == 2
    assert "PAYWAY_API_URL" in nobody.stderr
