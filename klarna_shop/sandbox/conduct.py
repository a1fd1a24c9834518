"""Which readings are in force: those that were set, or with uncertainty others for every call."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from klarna_shop.sandbox.readings import ReadingError, Readings
from klarna_shop.sandbox.shared_file import SharedFile

UNCERTAINTY_VARIABLE = "SANDBOX_UNCERTAINTY"
LARGEST_SEED = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""
_logger = logging.getLogger("klarna_shop.sandbox")


def chosen_seed(text: str) -> int:
    """The seed that somebody wrote down, or a fresh one for `random`.

    Raises:
        ValueError: it is neither.
    """
    if text == "random":
        return secrets.randbelow(2**32)
    if text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= LARGEST_SEED:
        return int(text)
    raise ValueError(f"uncertainty takes a whole number up to {LARGEST_SEED}, or the word random")


class Conduct:
    """How one sandbox answers at present, the same for all its processes.

    `base` and `seed` are what this process starts with; whatever is said later, here or in another process,
    goes before. What was set by name outlives a restart; a seed that the process started with does not.
    Each process draws for the calls that it answers, in their order.
    """

    def __init__(self, base: Readings, seed: int | None = None, file: Path | None = None) -> None:
        self._base = base
        self._file = SharedFile(file)
        self._read: dict[str, Any] | None = None
        self._readings = base
        self._draws: Random | None = None
        self._draws_for: str | None = None
        self._started: dict[str, Any] | None = None
        self._superseded: str | None = None
        if seed is not None:
            self._started = {"seed": seed, "id": "start"}
            found = self._file.read().get("uncertainty")
            self._superseded = found["id"] if found else None

    @property
    def readings(self) -> Readings:
        """The readings that are set; uncertainty mode sets them aside."""
        state = self._file.read()
        if state is not self._read:
            try:
                self._readings = self._base.changed(state.get("readings", {}))
            except ReadingError as error:  # written by another version
                _logger.warning("the readings that were set are not taken: %s", error)
                self._readings = self._base
            self._read = state
        return self._readings

    @property
    def seed(self) -> int | None:
        """The seed from which every call's readings are drawn; None while nothing is drawn."""
        uncertainty = self._uncertainty()
        return None if uncertainty is None else uncertainty["seed"]

    def for_call(self) -> Readings:
        """The readings for the next call."""
        uncertainty = self._uncertainty()
        if uncertainty is None:
            return self.readings
        if self._draws is None or self._draws_for != uncertainty["id"]:
            self._draws, self._draws_for = Random(uncertainty["seed"]), uncertainty["id"]  # noqa: S311
            _logger.info(
                "every call draws its readings anew; %s=%d repeats this",
                UNCERTAINTY_VARIABLE,
                uncertainty["seed"],
            )
        return Readings.drawn(self._draws)

    def set(self, values: Mapping[str, Any]) -> None:
        """Change some readings.

        Raises:
            ReadingError: a name or a value does not exist.
        """
        readings = self.readings.changed(values).values()
        base = self._base.values()
        self._write(readings={name: value for name, value in readings.items() if value != base[name]})

    def reset(self) -> None:
        """Back to the readings that the process was started with."""
        self._write(readings={})

    def be_uncertain(self, seed: int) -> None:
        """Draw every call's readings anew from here on, from the beginning of this seed."""
        self._write(uncertainty={"seed": seed, "id": secrets.token_hex(8)})

    def be_certain(self) -> None:
        """Draw nothing any more."""
        self._write(uncertainty={"seed": None, "id": secrets.token_hex(8)})

    def _uncertainty(self) -> dict[str, Any] | None:
        said = self._file.read().get("uncertainty")
        if said is None or said["id"] == self._superseded:
            said = self._started
        return said if said is not None and said["seed"] is not None else None

    def _write(self, **changes: Any) -> None:
        state = {**self._file.read(), **changes}
        self._file.write({name: value for name, value in state.items() if value})
