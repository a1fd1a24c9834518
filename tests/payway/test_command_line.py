"""`python -m klarna_shop.payway` against a sandbox in another process."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from klarna_shop.payway import __main__ as command_line
from klarna_shop.payway.__main__ import NO_ANSWER, REFUSED, USAGE, main
from klarna_shop.payway.commands import COMMANDS
from tests.sandbox_process import sandbox_process
from tests.served import free_port

SUBSCRIBER = "karin.oberg@demo.example"


@pytest.fixture(scope="module")
def payway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sandbox_process(tmp_path_factory.mktemp("payway") / "sandbox.sqlite3", free_port()) as address:
        yield address


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(command_line, "ENVIRONMENT_FILE", tmp_path_factory.mktemp("no") / ".env")
    for name in ("ENV", "API_URL", "CLIENT_ID", "CLIENT_SECRET", "ORGANISATION", "TITLE_CODE", "PASSWORD"):
        monkeypatch.delenv(f"PAYWAY_{name}", raising=False)


def test_every_command_has_an_answer(
    payway: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYWAY_API_URL", payway)
    monkeypatch.setenv("PAYWAY_PASSWORD", "demo1234")
    assert main(["me", "--email", SUBSCRIBER]) == 0
    account = json.loads(capsys.readouterr().out)["item"]
    given = {
        "CODE": "digital",
        "ACCOUNT": account["id"],
        "EMAIL": SUBSCRIBER,
        "CONTACT": SUBSCRIBER,
        "NUMBER": account["user_products"][0]["order_id"],
    }
    for name, command in COMMANDS.items():
        values = [given[argument.name.upper()] for argument in command.arguments if not argument.option]
        customer = ["--email", SUBSCRIBER] if command.identity else []
        assert main([name, *values, *customer]) == 0, name
        assert json.loads(capsys.readouterr().out), name


def test_scopes_say_which_are_held(
    payway: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYWAY_API_URL", payway)
    assert main(["scopes"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert set(held) == {command.endpoint.scope for command in COMMANDS.values()}
    assert set(held.values()) == {True}


@pytest.mark.parametrize(
    ("command", "password", "told"),
    [
        (["product", "weekend"], "", "not_found"),
        (["me", "--email", SUBSCRIBER], "wrong", "do not belong together"),
        (["user-products", "../../../secret"], "", "404"),
    ],
)
def test_a_refusal_is_one_line_and_1(
    payway: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    password: str,
    told: str,
) -> None:
    monkeypatch.setenv("PAYWAY_API_URL", payway)
    monkeypatch.setenv("PAYWAY_PASSWORD", password)
    assert main(command) == REFUSED
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1


def test_no_answer_is_3_and_says_how_to_start_a_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command_line.BASES, "sandbox", f"http://localhost:{free_port()}")
    assert main(["titles"]) == NO_ANSWER
    assert "python -m klarna_shop.sandbox" in capsys.readouterr().err


def test_missing_credentials_and_unknown_environments_are_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYWAY_ENV", "stage")
    assert main(["titles"]) == USAGE
    assert "PAYWAY_CLIENT_ID is unset" in capsys.readouterr().err
    monkeypatch.setenv("PAYWAY_ENV", "nowhere")
    assert main(["titles"]) == USAGE
    assert "sandbox, stage, production" in capsys.readouterr().err


def test_a_wrong_secret_says_so_without_showing_it(
    payway: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYWAY_API_URL", payway)
    monkeypatch.setenv("PAYWAY_CLIENT_SECRET", "not-the-secret")
    for command in ("titles", "scopes"):
        assert main([command]) == REFUSED
        assert "not-the-secret" not in "".join(capsys.readouterr())
