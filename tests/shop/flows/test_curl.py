"""A copied command does in a shell what the recorded call did, with the shell's own secrets."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klarna_shop.shop.flows.curl import as_curl
from klarna_shop.shop.flows.steps import Party
from klarna_shop.shop.flows.timeline import TimelineStep

NOW = datetime(2026, 3, 10, tzinfo=UTC)
JSON = {"authorization": "Bearer $PAYWAY_TOKEN", "content-type": "application/json", "host": "payway.example"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
ENVIRONMENT = {
    "PAYWAY_API_URL": "https://payway.example",
    "PAYWAY_TOKEN": "my token",
    "CUSTOMER_EMAIL": "me@exempel.example",
    "PAYWAY_CLIENT_SECRET": "my secret",
    "HOME": "/must/not/be/read",
}
CURL = """#!/bin/sh
for argument; do printf '%s\\0' "$argument"; done
printf '\\1'
cat
"""

Run = Callable[[str], tuple[list[str], str]]


def call(operation: str, **request: Any) -> TimelineStep:
    return TimelineStep("s1", NOW, Party.PAYWAY, operation, request=request)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command with a curl that says what it was called with, and what it was given to read."""
    folder = tmp_path_factory.mktemp("bin")
    curl = folder / "curl"
    curl.write_text(CURL)
    curl.chmod(0o755)

    def ran(command: str) -> tuple[list[str], str]:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            env={**ENVIRONMENT, "PATH": f"{folder}:/usr/bin:/bin"},
            cwd=Path(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            text=True,
        )
        arguments, _, given = done.stdout.partition("\1")
        return arguments.split("\0")[:-1], given

    return ran


def test_a_write_has_its_token_and_its_body(run: Run) -> None:
    body = {"code": "digital", "customer_info": {"email": "$CUSTOMER_EMAIL"}, "note": "`id` $HOME \\ \" '"}
    arguments, given = run(as_curl(call("POST /v1/things", headers=JSON, body=body)))
    assert arguments[:3] == [
        "-X",
        "POST",
        "https://payway.example/external/api/v1/things",
    ]
    assert "authorization: Bearer my token" in arguments
    assert json.loads(given) == body | {"customer_info": {"email": "me@exempel.example"}}


def test_a_read_has_its_query(run: Run) -> None:
    step = call(
        "GET /v1/things",
        headers=JSON,
        query={"code": "a b", "email": "$CUSTOMER_EMAIL"},
    )
    arguments, _ = run(as_curl(step))
    assert arguments[arguments.index("--get") :] == [
        "--get",
        "--data-urlencode",
        "code=a b",
        "--data-urlencode",
        "email=me@exempel.example",
    ]


def test_a_request_for_a_token_is_a_form_at_its_own_address(run: Run) -> None:
    form = {"scope": "/external/me/w", "client_secret": "$PAYWAY_CLIENT_SECRET"}
    arguments, _ = run(as_curl(call("POST /api/authorization/access_token", headers=FORM, body=form)))
    assert arguments[2] == "https://payway.example/api/authorization/access_token"
    assert arguments[-1] == "client_secret=my secret"


def test_a_value_in_a_path_is_left_to_the_shell() -> None:
    assert '"$PAYWAY_API_URL/external/api/v1/things/$ACCOUNT_ID"' in as_curl(
        call("GET /v1/things/{account_id}", headers=JSON)
    )


def test_a_body_that_was_not_kept_is_said_to_be_missing() -> None:
    assert as_curl(call("POST /v1/things", headers=JSON, bytes=70_000)).endswith("70000 bytes.")
    assert "2000 bytes" in as_curl(call("POST /v1/things", headers=JSON, body="{", cut=9, bytes=2000))


def test_what_is_no_call_has_no_command() -> None:
    assert as_curl(TimelineStep("s1", NOW, Party.PAGE, "picker opened")) == ""


@given(
    st.dictionaries(st.text(min_size=1, max_size=8), st.text("$`\\\"'!{}()\n aåX_", max_size=20), max_size=3)
)
def test_nothing_but_placeholders_is_expanded(run: Run, body: dict[str, str]) -> None:
    _, given_body = run(as_curl(call("POST /v1/things", headers=JSON, body={"x": body})))
    assert json.loads(given_body) == {"x": body}
