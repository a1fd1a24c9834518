"""Proves that division and intervals keep their promises, and writes the table.

    python -m tests.statistics [--experiments 1000] [--visitors 1000000] [--write]

With `--write` the table goes into docs/experiments-proof.md. About four minutes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator

from klarna_shop.operations.progress import PROJECT, say
from tests.statistics.division import independence, stickiness, taking_part, uniformity
from tests.statistics.looking import alarms, intervals
from tests.statistics.promise import Fit, Promise
from tests.statistics.simulated import shops

DOCUMENT = PROJECT / "docs" / "experiments-proof.md"
BEGIN, END = "<!-- statistics -->", "<!-- end of statistics -->"
PROMISES = "| What may go wrong | Setting | Tried | Wrong | Promised | | |"
FITS = "| Division | Setting | Visitors | Chi-square | Degrees of freedom | Chance of such counts | |"


def main(arguments: list[str] | None = None) -> int:
    """Try everything and print the tables; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.statistics")
    parser.add_argument("--experiments", type=int, default=1_000)
    parser.add_argument("--visitors", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args(arguments)
    start = time.monotonic()
    promises = list(_told(_promises(chosen.experiments, chosen.visitors)))
    fits = list(_told(_fits(chosen.visitors)))
    broken = [one for one in (*promises, *fits) if not one.kept]
    if chosen.write:
        _write([PROMISES, "| --- | --- | ---: | ---: | ---: | --- | --- |", *map(row, promises), "",
                FITS, "| --- | --- | ---: | ---: | ---: | ---: | --- |", *map(row, fits)])  # fmt: skip
    say(f"{len(promises) + len(fits)} lines, {len(broken)} broken, {time.monotonic() - start:.0f} seconds")
    return 1 if broken else 0


def _promises(experiments: int, visitors: int) -> Iterator[Promise]:
    yield from intervals(experiments)
    yield from alarms(experiments)
    yield from shops(max(20, experiments // 5))
    yield taking_part(visitors)
    yield from stickiness()


def _fits(visitors: int) -> Iterator[Fit]:
    yield from uniformity(visitors)
    yield from independence(visitors)


def _told(lines: Iterable[Promise] | Iterable[Fit]) -> Iterator[Promise | Fit]:
    for line in lines:
        say(row(line))
        yield line


def row(line: Promise | Fit) -> str:
    """One line of a table."""
    mark = "✓" if line.kept else "**broken**"
    if isinstance(line, Fit):
        values = [line.what, line.setting, _count(line.counted), f"{line.statistic:.1f}", str(line.freedom),
                  f"{line.chance:.3f}", mark]  # fmt: skip
    else:
        promised = "–" if line.at_most >= 1 else f"{100 * line.at_most:g} %"
        wrong = f"{_count(line.wrong)} ({100 * line.share:.1f} %)"
        values = [line.what, line.setting, _count(line.tried), wrong, promised, mark, line.note]
    return "| " + " | ".join(values) + " |"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _write(lines: list[str]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    table, after = "\n".join(lines), rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
