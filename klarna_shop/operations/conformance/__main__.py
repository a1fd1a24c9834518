"""Holds the sandbox against the Payway that the shop's settings name.

    python -m klarna_shop.operations.conformance [--quick] [--output FILE]

Ends with 0 where nothing contradicts a documented fact, with 1 where something does, and with 2 where the
target could not be asked or left probes without an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from klarna_shop.operations.conformance.outcome import Outcome, find_out
from klarna_shop.operations.conformance.report import report, verdict
from klarna_shop.operations.conformance.target import payway_settings, target_from
from klarna_shop.operations.conformance.wire import Unreachable
from klarna_shop.operations.progress import VAR, say, stop
from klarna_shop.settings import ConfigurationError

REPORT = VAR / "conformance.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, compare, report; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m klarna_shop.operations.conformance", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="compare, and try no other readings")
    parser.add_argument("--output", type=Path, default=REPORT, help="where the report goes")
    chosen = parser.parse_args(arguments)
    try:
        target = target_from(payway_settings(), os.environ)
        outcome = asyncio.run(find_out(target, choices=() if chosen.quick else None, say=say))
    except ConfigurationError as failure:
        return stop(f"settings: {failure}", 2)
    except Unreachable as fault:
        return stop(f"the target gives no answer ({fault}): is PAYWAY_API_URL right?", 2)
    except KeyboardInterrupt:
        return stop("stopped", 130)
    text = report(outcome, datetime.now(UTC))
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(text, encoding="utf-8")
    say(text)
    say(f"{verdict(outcome)}\nThe report is in {chosen.output}.")
    return _status(outcome)


def _status(outcome: Outcome) -> int:
    if outcome.contradictions:
        return 1
    return 2 if outcome.lost or not outcome.compared else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
