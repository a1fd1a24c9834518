"""Ask Payway something and see its answer as JSON: `python -m klarna_shop.payway products`.

Whose Payway: PAYWAY_ENV (sandbox, stage, production), PAYWAY_API_URL, PAYWAY_CLIENT_ID, PAYWAY_CLIENT_SECRET,
PAYWAY_ORGANISATION and PAYWAY_TITLE_CODE, from the environment or the file .env. With none of them a sandbox
on http://localhost:9000 is asked, which `python -m klarna_shop.sandbox` starts.

Commands about a customer take --email and ask for the password, or take it from PAYWAY_PASSWORD. No token and
no secret is ever printed. Ends with 0 for an answer, 1 for a refusal, 2 for a wrong command, 3 for no answer.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from klarna_shop.outbound import OutboundWay, outbound_transport
from klarna_shop.payway.client import PaywayClient
from klarna_shop.payway.commands import COMMANDS, Command
from klarna_shop.payway.errors import AccessDenied, NoAnswer, NotUnderstood, PaywayError, WrongCredentials
from klarna_shop.payway.tokens import Identity, IdentityTokens, PaywayCredentials
from klarna_shop.web_address import read_web_address

BASES = {
    "sandbox": "http://localhost:9000",
    "stage": "https://payway-api.stage.adeprimo.se",
    "production": "https://backend.worldoftulo.com",
}
ENVIRONMENT_FILE = Path(__file__).resolve().parents[2] / ".env"
REFUSED, USAGE, NO_ANSWER = 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one command; the exit status."""
    chosen = _parser().parse_args(arguments)
    # The last line says what went wrong; that a read was tried three times is not worth three more.
    logging.getLogger("stamina").setLevel(logging.ERROR)
    settings = _settings()
    try:
        credentials = _credentials(settings)
    except ValueError as error:
        return _stop(str(error), USAGE)
    command = COMMANDS.get(chosen.command)
    email = password = ""
    if command is not None and command.identity:
        email = chosen.email
        password = settings.get("PAYWAY_PASSWORD") or getpass.getpass(f"Password of {email}: ")
    try:
        answer = asyncio.run(_ask(credentials, settings, chosen, command, email, password))
    except NoAnswer as error:
        return _stop(_unreachable(error, credentials.base_url), NO_ANSWER)
    except NotUnderstood as error:
        return _stop(f"{credentials.base_url} does not answer as Payway does ({error})", NO_ANSWER)
    except PaywayError as error:
        return _stop(_refusal(error), REFUSED)
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m klarna_shop.payway",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        about = f"{command.help} ({command.endpoint.operation})"
        one = commands.add_parser(name, help=command.help, description=about)
        for argument in command.arguments:
            if argument.option:
                one.add_argument(f"--{argument.name}", dest=argument.parameter, help=argument.help)
            else:
                one.add_argument(argument.parameter, metavar=argument.name.upper(), help=argument.help)
        if command.identity:
            one.add_argument("--email", required=True, help="the customer's e-mail address")
    scopes = commands.add_parser("scopes", help="which scopes the API user holds, of those the commands take")
    scopes.set_defaults(command="scopes")
    return parser


def _settings() -> Mapping[str, str]:
    """The environment, which wins, and the file `.env`."""
    written = {name: value for name, value in dotenv_values(ENVIRONMENT_FILE).items() if value}
    return written | {name: value for name, value in os.environ.items() if value}


def _credentials(settings: Mapping[str, str]) -> PaywayCredentials:
    environment = settings.get("PAYWAY_ENV", "sandbox")
    if environment not in BASES:
        raise ValueError(f"PAYWAY_ENV is {environment[:20]}; it takes {', '.join(BASES)}")
    demo = {"PAYWAY_CLIENT_ID": "sandbox-client", "PAYWAY_CLIENT_SECRET": "sandbox-secret"}
    given = (demo if environment == "sandbox" else {}) | dict(settings)
    for name in demo:
        if not given.get(name):
            raise ValueError(f"{name} is unset; PAYWAY_ENV={environment} takes a value for it")
    return PaywayCredentials(
        base_url=_base_url(given.get("PAYWAY_API_URL", BASES[environment])),
        client_id=given["PAYWAY_CLIENT_ID"],
        client_secret=given["PAYWAY_CLIENT_SECRET"],
        organisation=given.get("PAYWAY_ORGANISATION", "demo"),
    )


def _base_url(written: str) -> str:
    try:
        return str(read_web_address(written)).rstrip("/")
    except ValueError as error:
        raise ValueError(f"PAYWAY_API_URL takes {error}") from None


async def _ask(
    credentials: PaywayCredentials,
    settings: Mapping[str, str],
    chosen: argparse.Namespace,
    command: Command | None,
    email: str,
    password: str,
) -> Any:
    way = OutboundWay(settings.get("OUTBOUND_PROXY", ""))
    async with PaywayClient(credentials, transport=outbound_transport(way)) as client:
        if command is None:
            return await _scopes(client)
        identity = None
        if command.identity:
            identity = Identity(await client.sign_in(email, password), _not_kept)
        query: dict[str, str] = {}
        path: dict[str, str] = {}
        for argument in command.arguments:
            value = getattr(chosen, argument.parameter)
            if value is None and argument.title:
                value = settings.get("PAYWAY_TITLE_CODE", "DEMO")
            if value is not None:
                (path if argument.in_path else query)[argument.parameter] = value
        return await client.answer(command.endpoint, identity=identity, query=query, path=path)


async def _scopes(client: PaywayClient) -> dict[str, bool]:
    held = {}
    for scope in sorted({command.endpoint.scope for command in COMMANDS.values()}):
        try:
            await client.check_scope(scope)
        except AccessDenied as error:
            if error.code == "invalid_client":
                raise
            held[scope] = False
        else:
            held[scope] = True
    return held


async def _not_kept(_tokens: IdentityTokens) -> None:
    """A command ends before its tokens do."""


def _unreachable(error: PaywayError, base_url: str) -> str:
    text = f"{base_url} does not answer ({type(error).__name__})."
    if base_url == BASES["sandbox"]:
        text += " Start a sandbox with `python -m klarna_shop.sandbox`, or set PAYWAY_API_URL."
    return text


def _refusal(error: PaywayError) -> str:
    if isinstance(error, WrongCredentials):
        return "E-mail address and password do not belong together."
    told = f"Payway refused: {error}"
    return f"{told}: {error.message}" if error.message else told


def _stop(reason: str, status: int) -> int:
    sys.stderr.write(f"{reason}\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
