"""A start with a wrong setting or a hostile environment: one line, or the shop as the settings have it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from klarna_shop.operations import javascript, start
from klarna_shop.operations.build import BUILT
from klarna_shop.operations.progress import PROJECT
from klarna_shop.settings import read_settings
from tests.production import PRODUCTION
from tests.served import serve

PASSWORD = "sesame-in-the-address"


def _started(module: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"klarna_shop.operations.{module}"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "named", "variables"),
    [
        ("serve", "DATABASE_URL", {"DATABASE_URL": f"postgresql://shop:{PASSWORD}@localhost:port/shop"}),
        ("doctor", "SECRET_KEY", {"SECRET_KEY": f"{PASSWORD * 2},"}),
        ("reconcile", "SELLER_NAME", {"SELLER_NAME": os.fsdecode(b"Caf\xe9")}),
        ("serve", "STUDIO_PASSWORD", {**PRODUCTION, "STUDIO_PASSWORD": "a"}),
    ],
)
def test_a_wrong_setting_is_one_line_of_a_real_start(
    module: str, named: str, variables: dict[str, str]
) -> None:
    answer = _started(module, **variables)
    assert answer.returncode == 1
    [line] = (answer.stderr + answer.stdout).splitlines()
    assert line.removeprefix("settings: ").startswith(named)
    assert PASSWORD not in line


def test_what_libraries_would_read_is_taken_out_and_told() -> None:
    environment = {
        "PGHOST": "elsewhere",
        "PGPASSWORD": "secret",
        "GRANIAN_LOG_LEVEL": "shout",
        "WEB_CONCURRENCY": "7",
        "REFLEX_CORS_ALLOWED_ORIGINS": "*",
        "REFLEX_REDIS_URL": "redis://elsewhere",
        "REFLEX_DIR": "/kept",
        "SSLKEYLOGFILE": "/tmp/keys",  # noqa: S108 - nothing is written
        "PYTHONWARNINGS": "error",
        "PYTHONPATH": "/kept",
        "HTTPS_PROXY": "http://proxy.example",
        "DATABASE_URI": "sqlite:///x",
        "LANG": "C",
    }
    taken = start.take_out(environment)
    kept = {"REFLEX_DIR", "PYTHONPATH", "PYTHONUTF8", "HTTPS_PROXY", "DATABASE_URI", "LANG"}
    assert set(environment) == kept
    settings = read_settings(_env_file=None, payway_api_url="http://localhost:9000")
    told = start.notes(taken, environment, settings)
    assert "PGPASSWORD is not read; DATABASE_URL is" in told
    assert "REFLEX_REDIS_URL is not read; REDIS_URL is" in told
    assert "HTTPS_PROXY is not read by the shop; OUTBOUND_PROXY is" in told
    assert "DATABASE_URI is no setting; DATABASE_URL is" in told
    assert not [line for line in told if "PYTHONWARNINGS" in line or "secret" in line]


def test_the_build_is_not_turned_by_variables_of_node(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped = {
        "NODE_OPTIONS": "--require /does/not/exist",
        "NODE_ENV": "development",
        "npm_config_ignore_scripts": "true",
        "npm_config_omit": "optional",
        "NPM_CONFIG_PREFIX": "/does/not/exist",
        "npm_config_audit": "true",
        "VITE_CJS_TRACE": "1",
    }
    kept = {"npm_config_registry": "http://localhost:9/", "npm_config_https_proxy": "http://proxy.example"}
    for name, value in {**dropped, **kept}.items():
        monkeypatch.setenv(name, value)
    environment = javascript.reflex_environment()
    assert not set(dropped) & set(environment)
    assert {name: environment[name] for name in kept} == kept


def test_a_shop_starts_as_its_settings_say_in_a_hostile_environment(tmp_path: Path) -> None:
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    hostile = {
        "ALL_PROXY": "socks://127.0.0.1:1",
        "NO_PROXY": "localhost,::1,[::1]",
        "PGPORT": "none",
        "GRANIAN_LOG_LEVEL": "shout",
        "REFLEX_BACKEND_PORT": "1",
        "REFLEX_REDIS_URL": "redis://127.0.0.1:1",
        "REFLEX_CORS_ALLOWED_ORIGINS": "*",
        "SSLKEYLOGFILE": "/does/not/exist",
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "TZ": "Nowhere/AtAll",
        # Another Payway than the embedded one, so that a client for the network is made.
        "PAYWAY_API_URL": "http://127.0.0.1:1",
    }
    shop = serve(tmp_path, environment=hostile)
    shop.kill()
    log = shop.log()
    assert "note: ALL_PROXY is not read by the shop; OUTBOUND_PROXY is" in log
    assert "Traceback" not in log
