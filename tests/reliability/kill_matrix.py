"""Kills the shop at every point of a purchase and writes down what became of it.

    python -m tests.reliability.kill_matrix [--every N] [--write]

With `--every N` only each Nth point is tried; with `--write` the table goes into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klarna_shop.operations.progress import PROJECT, say
from klarna_shop.settings import Settings, read_settings
from tests.databases import copy_migrated
from tests.house import newspaper
from tests.reliability.victim import FLOWS, Flow, Kept, after_restart, build, buy, is_right, killed_at

DOCUMENT = PROJECT / "docs" / "reliability.md"
BEGIN, END = "<!-- kill matrix -->", "<!-- end of kill matrix -->"
NEVER = -1


@dataclass(frozen=True)
class Cell:
    """One purchase that was killed, and how it ended."""

    flow: Flow
    label: str
    results: tuple[dict[str, Any], dict[str, Any]]
    """With the reader's browser coming back, and without."""

    @property
    def right(self) -> bool:
        """Whether it ended as it must."""
        return all(is_right(self.flow, result) for result in self.results)


def main(arguments: list[str] | None = None) -> int:
    """Try the points and print the table; 0 if every cell is right."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.kill_matrix")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args(arguments)
    newspaper()  # before there are children, which have it then
    cells: list[Cell] = []
    for index, flow in enumerate(FLOWS):
        points = _points(flow)
        say(f"{flow.name}: {len(points)} points")
        # Another start for each flow, so that a sample does not always leave out the same points.
        cells += [
            _cell(flow, points, number) for number in range(index % chosen.every, len(points), chosen.every)
        ]
    table = _table(cells)
    say(table)
    if chosen.write:
        _write(table)
    wrong = [cell for cell in cells if not cell.right]
    for cell in wrong:
        say(f"WRONG: {cell.flow.name}, killed {cell.label}: {cell.results}")
    say(
        f"{len(cells) - len(wrong)} of {len(cells)} cells: exactly one order or none, and a page that says so"
    )
    return 1 if wrong else 0


ESSENTIAL = ("commit of session_open", "commit of authorized", "commit of placing")
"""Points that every purchase has."""


def _settings(folder: Path) -> Settings:
    return read_settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'shop.sqlite3'}",
        secret_key="the key of a shop that is killed again and again",
        payway_timeout="5s",
    )


def _new_shop(folder: str) -> Path:
    copy_migrated(_settings(Path(folder)).database_url.get_secret_value())
    return Path(folder)


def _points(flow: Flow) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder, seen = _new_shop(name), Path(name) / "seen.json"

        async def live() -> None:
            labels: list[str] = []
            await _lived(folder, flow, NEVER, labels)
            seen.write_text(json.dumps(labels))

        _in_child(live)
        points = list(json.loads(seen.read_text()))
    missing = {f"{when} {what}" for when in ("before", "after") for what in ESSENTIAL} - set(points)
    assert not missing, f"{flow.name}: nothing is killed {', '.join(sorted(missing))}"
    return points


def _cell(flow: Flow, points: list[str], number: int) -> Cell:
    with tempfile.TemporaryDirectory() as name:
        folder = _new_shop(name)
        signal = _in_child(lambda: _lived(folder, flow, number, []))
        assert signal == 9, f"{flow.name}: the process did not reach point {number}"
        copy = Path(shutil.copytree(folder, folder / "copy"))
        return Cell(flow, points[number], (_recovered(folder, returns=True), _recovered(copy, returns=False)))


def _recovered(folder: Path, *, returns: bool) -> dict[str, Any]:
    result = folder / "result.json"

    async def recover() -> None:
        house = build(folder, _settings(folder), lambda label: None)
        outcome = await after_restart(house, Kept(folder / "kept.json"), returns=returns)
        result.write_text(json.dumps(outcome))
        await house.shop.close()

    _in_child(recover)
    return dict(json.loads(result.read_text()))


async def _lived(folder: Path, flow: Flow, number: int, seen: list[str]) -> None:
    house = build(folder, _settings(folder), killed_at(number, seen), in_company=flow.in_company)
    await buy(house, flow, Kept(folder / "kept.json"))
    await house.shop.close()
    assert house.sandbox is not None
    await house.sandbox.close()


def _in_child(act: Callable[[], Awaitable[None]]) -> int:
    """Run in a process of its own; the signal that ended it, 0 for none.

    Raises:
        RuntimeError: it failed by itself.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(_awaited(act))
            status = 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if os.WEXITSTATUS(status) != 0:
        raise RuntimeError("the purchase failed by itself; its traceback stands above")
    return 0


async def _awaited(act: Callable[[], Awaitable[None]]) -> None:
    await act()


def _table(cells: list[Cell]) -> str:
    lines = ["| Purchase | Killed | Browser comes back | Browser is gone | |", "| --- " * 5 + "|"]
    lines += [
        f"| {cell.flow.name} | {cell.label} | {_told(cell.results[0])} | {_told(cell.results[1])} "
        f"| {'✓' if cell.right else '**wrong**'} |"
        for cell in cells
    ]
    return "\n".join(lines)


def _told(result: dict[str, Any]) -> str:
    orders = {0: "no order", 1: "one order"}.get(result["orders"], f"{result['orders']} orders")
    return f"{orders}, `{result['state'] or 'nothing'}`, page: {result['page']}"


def _write(table: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
