"""A sample of the kill matrix; `make kill-matrix` tries every point."""

from __future__ import annotations

import subprocess
import sys

from klarna_shop.settings import PROJECT


def test_a_sample_of_all_points_ends_in_one_order_or_none_and_a_truthful_page() -> None:
    # In a process of its own: it forks, which a process with threads should not.
    command = [sys.executable, "-m", "tests.reliability.kill_matrix", "--every", "9"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=1800, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "✓" in run.stdout
