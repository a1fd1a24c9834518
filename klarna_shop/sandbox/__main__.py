"""The sandbox alone: `python -m klarna_shop.sandbox --port 9000`."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from klarna_shop.ports import PortTaken, PortUnusable, port_held
from klarna_shop.sandbox import (
    UNCERTAINTY_VARIABLE,
    Sandbox,
    SandboxSettings,
    chosen_seed,
    demo_customers,
)

DEFAULT_REDIRECT_URI = "http://localhost:8000/auth/callback"
WEBHOOK_VARIABLE = "SANDBOX_WEBHOOK_URL"
DEFAULT_DATABASE = Path("var") / "sandbox.sqlite3"


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped, or put the database back to the seed."""
    parser = argparse.ArgumentParser(prog="python -m klarna_shop.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--database", type=Path, default=DEFAULT_DATABASE, help="SQLite file")
    parser.add_argument("--public-url", help="address under which browsers reach it (default: host and port)")
    parser.add_argument(
        "--redirect-uri",
        default=DEFAULT_REDIRECT_URI,
        help="where the browser login leads back to (default: %(default)s)",
    )
    parser.add_argument(
        "--webhook-url",
        default=os.environ.get(WEBHOOK_VARIABLE, ""),
        help=f"where webhooks are sent ({WEBHOOK_VARIABLE}; default: nowhere)",
    )
    parser.add_argument("--reset", action="store_true", help="put the database back to the seed and stop")
    parser.add_argument(
        "--uncertainty",
        type=_seed,
        default=os.environ.get(UNCERTAINTY_VARIABLE) or None,
        help=f"draw every call's readings anew, from a number or `random` ({UNCERTAINTY_VARIABLE})",
        metavar="SEED",
    )
    chosen = parser.parse_args(arguments)
    host = "localhost" if chosen.host in {"0.0.0.0", "::", "127.0.0.1", "::1"} else chosen.host  # noqa: S104
    address = f"http://{host}:{chosen.port}"
    settings = SandboxSettings(
        database_path=chosen.database,
        public_url=(chosen.public_url or address).rstrip("/"),
        redirect_uri=chosen.redirect_uri,
        webhook_url=chosen.webhook_url,
    )
    sandbox = Sandbox(settings, uncertainty=chosen.uncertainty)
    if chosen.reset:
        asyncio.run(_reset(sandbox))
        _say(f"{chosen.database}: back to the seed")
        return
    try:
        with port_held(chosen.host, chosen.port):
            _tell(sandbox, chosen, address)
            _serve(sandbox, chosen.host, chosen.port)
    except PortTaken as failure:
        sys.exit(f"{failure} (perhaps a sandbox that runs already); stop it or choose another with --port.")
    except PortUnusable as failure:
        sys.exit(f"{failure}; choose another with --host or --port.")


def _tell(sandbox: Sandbox, chosen: argparse.Namespace, address: str) -> None:
    settings = sandbox.settings
    _say(f"Payway sandbox on {address}, data in {chosen.database}")
    _say(f"PAYWAY_API_URL={address} PAYWAY_CLIENT_ID={settings.client_id} (demo only)")
    _say(f"Browser login leads back to {settings.registered_redirect_uri}")
    if settings.webhook_url:
        _say("Webhooks are sent")
    _say(f"Demo customers: {', '.join(customer.email for customer in demo_customers())}")
    if sandbox.uncertainty is not None:
        _say(f"Every call draws its readings anew: {UNCERTAINTY_VARIABLE}={sandbox.uncertainty} repeats this")


def _seed(text: str) -> int:
    try:
        return chosen_seed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _reset(sandbox: Sandbox) -> None:
    await sandbox.reset()
    sandbox.clock.reset()
    sandbox.reset_readings()
    await sandbox.close()


def _serve(sandbox: Sandbox, host: str, port: int) -> None:
    if importlib.util.find_spec("granian") is not None:
        asyncio.run(_serve_with_granian(sandbox, host, port))
        return
    uvicorn = importlib.import_module("uvicorn")
    uvicorn.run(sandbox.app, host=host, port=port, log_level="warning", lifespan="off")


async def _serve_with_granian(sandbox: Sandbox, host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(sandbox.app, address=host, port=port, interface=Interfaces.ASGINL, log_enabled=False)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, server.stop)
    try:
        await server.serve()
    finally:
        await sandbox.close()
    sys.stdout.flush()
    # The server's own threads may still be at work, and abort a Python that shuts down under them.
    os._exit(0)


if __name__ == "__main__":
    main()
