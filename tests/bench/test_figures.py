"""The arithmetic behind the measured figures."""

from __future__ import annotations

import math

from bench.load.figures import percentile, ratio, table


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert (percentile(values, 50), percentile(values, 99), percentile(values, 100)) == (50, 99, 100)
    assert percentile([7.0], 1) == percentile([7.0], 99) == 7
    assert math.isnan(percentile([], 50))


def test_a_table_keeps_the_digits_that_tell_something() -> None:
    assert table(("step", "ms"), [("wall", 1234.5), ("picker", 1.234), ("none", math.nan)]) == (
        "| step | ms |\n| --- | ---: |\n| wall | 1234 |\n| picker | 1.23 |\n| none | – |"
    )


def test_a_ratio_is_taken_pair_by_pair() -> None:
    assert ratio([1.0, 10.0, 100.0], [2.0, 10.0, 50.0]) == "1.00 (0.75 to 1.50)"
    assert ratio([4.0], [2.0]) == "0.50"
