"""One run of Lighthouse, and the middle of several."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from klarna_shop.operations.javascript import reflex_environment

HERE = Path(__file__).parent
LIGHTHOUSE = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
TRIES = 3
"""Now and then Chromium does not tell of a page's beginning, and the run is void (NO_NAVSTART)."""
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


@dataclass(frozen=True)
class Figures:
    """Scores from 0 to 100, times in milliseconds, bytes in KiB."""

    performance: float
    accessibility: float
    best_practices: float
    seo: float
    first_paint: float
    largest_paint: float
    blocking: float
    shift: float
    transferred: float


def install() -> None:
    """Lighthouse as the lock file has it, unless it is there."""
    if not LIGHTHOUSE.exists():
        environment = reflex_environment() | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
        subprocess.run(["npm", "ci", "--no-progress"], cwd=HERE, env=environment, check=True)


def measure(address: str, browser_port: int, report: Path) -> Figures:
    """One run in the Chromium that listens at `browser_port`, which keeps its cookies."""
    command = [
        "node",
        str(LIGHTHOUSE),
        address,
        f"--port={browser_port}",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        "--disable-storage-reset",
        "--quiet",
    ]
    for left in reversed(range(TRIES)):
        done = subprocess.run(command, env=reflex_environment(), check=not left, timeout=180)
        if done.returncode == 0:
            break
    return read(json.loads(report.read_text(encoding="utf-8")))


def read(report: dict) -> Figures:  # type: ignore[type-arg]
    """The figures of a report."""
    scores = [100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES]
    audits = report["audits"]
    return Figures(
        *scores,
        audits["first-contentful-paint"]["numericValue"],
        audits["largest-contentful-paint"]["numericValue"],
        audits["total-blocking-time"]["numericValue"],
        audits["cumulative-layout-shift"]["numericValue"],
        audits["total-byte-weight"]["numericValue"] / 1024,
    )


def middle(runs: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(*(statistics.median(getattr(run, one.name) for run in runs) for one in fields(Figures)))
