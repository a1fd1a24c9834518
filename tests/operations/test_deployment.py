"""The files in deploy/ fit the shop: its settings, its patience, its port."""

from __future__ import annotations

import re

import pytest

from klarna_shop.klarna_shop import PATIENCE
from klarna_shop.settings import PROJECT, Settings, read_settings

DEPLOY = PROJECT / "deploy"
UNIT = (DEPLOY / "klarna-shop.service").read_text()


@pytest.mark.parametrize("name", ["environment.example", "compose.yaml", "Containerfile"])
def test_only_settings_that_exist_are_named(name: str) -> None:
    written = set(re.findall(r"^\s*(?:ENV |ARG )?([A-Z][A-Z_]+)[=:] ?", (DEPLOY / name).read_text(), re.M))
    named = {setting for setting in written if not setting.startswith("POSTGRES_")} - {"PAYWAY_ENV"}
    assert named <= {field.upper() for field in Settings.model_fields}
    assert named


def test_what_the_example_leaves_open_is_what_the_shop_asks_for() -> None:
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    left_open = {name for name, value in values.items() if not value}
    filled = {name.lower(): value or "x" * 40 for name, value in values.items()}
    settings = read_settings(_env_file=None, **filled)
    assert (settings.payway_env, settings.app_workers, settings.trusted_proxy_hops) == ("stage", 2, 1)
    assert left_open == {
        "PAYWAY_CLIENT_ID",
        "PAYWAY_CLIENT_SECRET",
        "PAYWAY_ORGANISATION",
        "PAYWAY_TITLE_CODE",
        "SECRET_KEY",
        "STUDIO_PASSWORD",
    }


def test_the_unit_is_more_patient_than_the_shop() -> None:
    [stop] = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.M)
    assert int(stop) > PATIENCE.total_seconds()


def test_the_proxy_speaks_to_the_port_that_the_shop_has() -> None:
    assert (
        f"server 127.0.0.1:{Settings.model_fields['app_port'].default};"
        in (DEPLOY / "nginx.conf").read_text()
    )
