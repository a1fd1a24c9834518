"""The coverage of the Payway API.

    python -m klarna_shop.operations.coverage [--write]

Ends with 1 where something is missing, or where docs/payway-coverage.md is not what the code says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from klarna_shop.operations.coverage.table import document, faults, rows
from klarna_shop.operations.progress import PROJECT, say, stop

DOCUMENT = PROJECT / "docs" / "payway-coverage.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print or write the table; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m klarna_shop.operations.coverage", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.relative_to(PROJECT)}")
    chosen = parser.parse_args(arguments)
    found = rows()
    text = document(found)
    if chosen.write:
        DOCUMENT.write_text(text, encoding="utf-8")
    else:
        say(text)
    wrong = list(faults(found))
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        wrong.append("docs/payway-coverage.md is not up to date: make coverage-table")
    return stop("\n".join(wrong)) if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
