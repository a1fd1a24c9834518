"""Buys in a browser while Payway's stand-in draws every reading of the reference anew for each call.

    python -m klarna_shop.operations.uncertainty [seeds, such as 1-30 or 4,9]

Needs the test packages and a Chromium. Writes what came of it to docs/uncertainty.md.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from klarna_shop.operations import check
from klarna_shop.operations.progress import PROJECT, say, stop

TEST = "tests/browser/test_uncertainty.py"
RESULT = PROJECT / "docs" / "uncertainty.md"
THIRTY = "1-30"
INTRODUCTION = """# The purchase under uncertainty

Where the Payway reference says *inferred* or *unknown*, the sandbox can answer by each reading. In
uncertainty mode it draws every reading anew for each call, from a seed. In each row below Chromium made three
purchases in one shop (a new customer a package, a new customer a trial, a signed-in customer a package), saw
the subscription on the account page and cancelled it; the sandbox's own books then held exactly three orders
more.

Made by `make uncertainty`, which writes this file; `make test` runs the first three seeds each time.

| Seed | Result | Seconds |
| ---: | --- | ---: |
"""


@dataclass(frozen=True)
class Run:
    """One seed: what came of it, and how long it took (seconds, start of the shop included)."""

    seed: str
    passed: bool
    seconds: float

    @property
    def result(self) -> str:
        """As the table says it."""
        return "completed" if self.passed else "**failed**"


def main(arguments: list[str]) -> int:
    """Run the seeds and write the table; 0 if every purchase of every seed completed."""
    os.environ["UNCERTAINTY_SEEDS"] = arguments[0] if arguments else THIRTY
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status = check.main(["browser", "--", TEST, "-v", f"--junit-xml={report}"])
        runs = _runs(report)
    if not runs:
        return stop("No run was made; the lines above say why.")
    rows = "".join(
        f"| {run.seed} | {'completed' if run.passed else '**failed**'} | {run.seconds:.0f} |\n"
        for run in runs
    )
    RESULT.write_text(INTRODUCTION + rows, encoding="utf-8")
    passed = sum(run.passed for run in runs)
    say(f"{passed} of {len(runs)} seeds completed; the table stands in {RESULT.relative_to(PROJECT)}")
    return status if passed == len(runs) else 1


def _runs(report: Path) -> list[Run]:
    if not report.exists():
        return []
    # pytest's own file, written a moment ago.
    cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314
    return [
        Run(
            seed=case.get("name", "").partition("[seed-")[2].removesuffix("]"),
            passed=not list(case),
            seconds=float(case.get("time", "0")),
        )
        for case in cases
    ]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
