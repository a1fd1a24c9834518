"""A clone works in a folder whose name means something in an address, a format or a configuration file."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from klarna_shop.database_address import parse_database_url
from klarna_shop.operations.build import move_web_to_plain_path
from klarna_shop.settings import PROJECT, read_settings
from klarna_shop.shop.database import Database
from klarna_shop.shop.migrating import migrate

ODD = "kund 50% %(here)s a?b=c #1 åäö 'q' \"d\" & {x} %20 $HOME"


def test_a_clone_in_an_odd_folder_makes_its_database_there(tmp_path: Path) -> None:
    clone = tmp_path / ODD
    shutil.copytree(
        PROJECT / "klarna_shop", clone / "klarna_shop", ignore=shutil.ignore_patterns("__pycache__")
    )
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [sys.executable, "-m", "klarna_shop.operations.migrate"], cwd=clone, env=environment, check=True
    )
    assert (clone / "var" / "shop.sqlite3").stat().st_size > 0
    assert {each.name for each in tmp_path.iterdir()} == {ODD}


async def test_a_database_in_an_odd_folder_is_made_read_and_written_there(tmp_path: Path) -> None:
    file = tmp_path / ODD / "shop.sqlite3"
    settings = read_settings(_env_file=None, database_url=f"sqlite:///{file}")
    url = settings.database_url.get_secret_value()
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    freed = "UPDATE lease SET holder = ''"
    await database.write(lambda session: session.connection().exec_driver_sql(freed))
    await database.close()
    assert settings.sandbox_database == file.with_name("sandbox.sqlite3")
    assert os.listdir(tmp_path) == [ODD]  # noqa: PTH208


def test_a_path_that_was_escaped_for_an_earlier_version_is_still_found(tmp_path: Path) -> None:
    (tmp_path / "with blank").mkdir()
    found = parse_database_url(f"sqlite:///{tmp_path}/with%20blank/shop.sqlite3")
    assert found.database == f"{tmp_path}/with blank/shop.sqlite3"


def test_options_of_sqlite_are_refused() -> None:
    with pytest.raises(ValueError, match="no options"):
        parse_database_url("sqlite:///var/shop.sqlite3?mode=ro&uri=true")


def test_the_front_end_of_an_odd_folder_is_built_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    web = tmp_path / "kund 50%" / ".web"
    (web / "node_modules").mkdir(parents=True)
    move_web_to_plain_path(web)
    move_web_to_plain_path(web)
    assert web.is_symlink()
    assert "%" not in str(web.resolve())
    assert (web / "node_modules").is_dir()
    plain = tmp_path / "plain" / ".web"
    plain.parent.mkdir()
    move_web_to_plain_path(plain)
    assert not plain.exists()
