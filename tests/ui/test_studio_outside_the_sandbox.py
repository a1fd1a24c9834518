"""What provokes and pretends is absent where money is real, and not only hidden."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from klarna_shop.settings import PROJECT
from klarna_shop.shop.previews import Persona
from tests.production import PRODUCTION

LOOK = """
import json
from reflex.state import State
from klarna_shop.klarna_shop import house
from klarna_shop.shop.previews import Persona
from klarna_shop.ui.studio import studio_pages

def below(state):
    yield state.get_full_name()
    for child in state.get_substates():
        yield from below(child)

page = str(next(page for page in studio_pages() if page.path == "/studio/preview").content())
print(json.dumps({
    "pages": [page.path for page in studio_pages()],
    "states": [name for name in below(State) if "scenarios" in name],
    "simulating": [name for name in below(State) if "simulation" in name],
    "simulations": house.shop.simulations is not None,
    "stage": house.shop.stage is not None,
    "open": house.shop.studio.is_open,
    "readers": [reader for reader in house.shop.previews.personas],
    "named": [
        reader.value
        for reader in Persona
        if reader.label in page
    ],
}))
"""


@pytest.mark.parametrize("environment", ["sandbox", "stage", "production"])
def test_scenarios_and_time_machine_are_the_sandboxs_alone(environment: str) -> None:
    seen = _look(environment)
    in_sandbox = environment == "sandbox"
    assert ("/studio/scenarios" in seen["pages"]) == in_sandbox
    assert ("/studio/switches" in seen["pages"]) == in_sandbox
    assert bool(seen["states"]) == in_sandbox
    assert bool(seen["simulating"]) == in_sandbox
    assert seen["simulations"] == in_sandbox
    assert seen["stage"] == in_sandbox
    assert seen["open"] == in_sandbox
    assert {"/studio", "/studio/flows", "/studio/preview"} <= set(seen["pages"])
    readers = list(Persona) if in_sandbox else [Persona.METER_USED_UP]
    assert seen["readers"] == readers
    assert seen["named"] == readers, "in the page as well"


def _look(environment: str) -> Any:
    settings = PRODUCTION | {
        "PAYWAY_ENV": environment,
    }
    if environment == "sandbox":
        del settings["STUDIO_PASSWORD"]
    answer = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **settings},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.splitlines()[-1])
