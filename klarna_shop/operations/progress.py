"""Plain lines that tell what is being done and how long it took. Standard library only."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

PROJECT = Path(__file__).resolve().parents[2]
VAR = PROJECT / "var"
"""What the shop writes while it is set up and runs: databases, logs, generated keys."""

Result = TypeVar("Result")

HEARTBEAT = 15.0
"""Seconds between signs of life of a step that takes long."""

LAST_LINES = 25
_CHATTER = ("npm silly", "npm verbose", "npm http", "npm timing", "npm info")


class StepFailed(Exception):
    """A step went wrong; the text is for the person at the terminal."""


def say(line: str) -> None:
    """One line at once, whatever standard output is connected to."""
    print(line, flush=True)


def stop(reason: str, status: int = 1) -> int:
    """Print why a command ends here; the exit status to end with."""
    print(reason, file=sys.stderr, flush=True)
    return status


def run_step(
    name: str, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> None:
    """Run a command quietly, with its output kept in `var/<first word of name>.log`.

    Raises:
        StepFailed: it ended with an error; the text ends with the last lines of its output.
    """
    VAR.mkdir(exist_ok=True)
    log = VAR / f"{name.split()[0].strip(',')}.log"
    say(f"{name} …")
    start = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            status = _wait(lambda seconds: process.wait(timeout=seconds), name, start)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if status != 0:
        lines = log.read_text(errors="replace").splitlines()
        told = [line for line in lines if not line.startswith(_CHATTER)]
        if len(told) == 1:
            raise StepFailed(told[0])
        tail = "\n".join(told[-LAST_LINES:])
        raise StepFailed(f"{name}: failed. The end of {log.relative_to(PROJECT)}:\n{tail}")
    say(f"{name}: {time.monotonic() - start:.1f} s")


def run_here(name: str, work: Callable[[], object]) -> None:
    """Do something that takes a while in this process, with the same signs of life. Raises what it raises."""
    say(f"{name} …")
    start = time.monotonic()
    with ThreadPoolExecutor(max_workers=1) as thread:
        doing = thread.submit(work)
        _wait(lambda seconds: doing.exception(timeout=seconds), name, start)
    doing.result()
    say(f"{name}: {time.monotonic() - start:.1f} s")


def _wait(end: Callable[[float], Result], name: str, start: float) -> Result:
    while True:
        try:
            return end(HEARTBEAT)
        except (subprocess.TimeoutExpired, TimeoutError):
            say(f"{name}: still at it after {time.monotonic() - start:.0f} s")
