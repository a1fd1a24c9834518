"""What stops a start says why in one line."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from klarna_shop.operations import environment, reset
from klarna_shop.operations.progress import PROJECT, StepFailed, run_step
from klarna_shop.operations.serve import HOST
from klarna_shop.ports import PortTaken, PortUnusable, check_port, port_held
from klarna_shop.settings import read_settings


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _start(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "klarna_shop.operations.serve"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_a_taken_port_is_named(taken_port: int) -> None:
    answer = _start(APP_PORT=str(taken_port))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith(f"Port {taken_port} is taken")
    assert len(answer.stderr.splitlines()) == 1


def test_a_wrong_setting_stops_the_start_with_one_line() -> None:
    answer = _start(APP_PORT="eight")
    assert answer.returncode == 1
    assert answer.stderr.startswith("APP_PORT is 'eight'")
    assert len(answer.stderr.splitlines()) == 1


def test_a_port_that_was_just_left_is_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            connection, _ = server.accept()
            connection.close()
    check_port(HOST, port)


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0"),  # noqa: S104
        (socket.AF_INET6, "::1"),
        (socket.AF_INET6, "::"),
    ],
)
@pytest.mark.parametrize("wanted", ["127.0.0.1", "0.0.0.0", "::1", "::", "localhost"])  # noqa: S104
def test_a_port_is_taken_wherever_browsers_reach_the_other_server(
    family: int, address: str, wanted: str
) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as other:
        # As servers do that share their port among workers.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((address, 0))
        other.listen()
        with pytest.raises(PortTaken):
            check_port(wanted, other.getsockname()[1])
    check_port(wanted, other_port := _free_port())
    with port_held(wanted, other_port), socket.create_server((HOST, other_port)):
        pass


def test_of_two_that_start_together_one_has_the_port_before_either_listens() -> None:
    port = _free_port()
    with port_held(HOST, port):
        for same in (HOST, "localhost", "0.0.0.0"):  # noqa: S104
            with pytest.raises(PortTaken), port_held(same, port):
                pass
    with port_held(HOST, port):
        pass


def test_an_address_of_another_machine_is_not_served_on() -> None:
    with pytest.raises(PortUnusable, match="no address of this machine"):
        check_port("192.0.2.1", _free_port())


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["klarna_shop.operations.develop"], "APP_PORT"),
        (["klarna_shop.sandbox", "--port", "{port}"], "--port"),
    ],
)
def test_a_second_server_of_any_kind_says_so_in_one_line(
    taken_port: int, command: list[str], told: str
) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *(part.format(port=taken_port) for part in command)],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "APP_PORT": str(taken_port)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    [line] = answer.stderr.splitlines()
    assert line.startswith(f"Port {taken_port} is taken")
    assert told in line


def test_a_failed_step_shows_the_end_of_its_output() -> None:
    program = "print('first'); print('the reason'); raise SystemExit(3)"
    with pytest.raises(StepFailed, match="the reason"):
        run_step("test-step that fails", [sys.executable, "-c", program])


def test_reset_refuses_where_customers_have_paid(tmp_path: Path) -> None:
    settings = read_settings(
        payway_env="stage",
        payway_client_id="shop",
        payway_client_secret="long enough",
        secret_key="k" * 40,
        studio_password="long enough",
        database_url=f"sqlite:///{tmp_path}/shop.sqlite3",
    )
    (tmp_path / "shop.sqlite3").write_text("what was bought")
    with pytest.raises(StepFailed, match="PAYWAY_ENV is stage"):
        reset.reset(settings)
    assert (tmp_path / "shop.sqlite3").read_text() == "what was bought"


def test_reset_refuses_while_a_shop_runs(tmp_path: Path, taken_port: int) -> None:
    (tmp_path / "sandbox.sqlite3").write_text("in use")
    settings = read_settings(app_port=taken_port, database_url=f"sqlite:///{tmp_path}/shop.sqlite3")
    with pytest.raises(StepFailed, match="Nothing was reset"):
        reset.reset(settings)
    assert (tmp_path / "sandbox.sqlite3").exists()


def test_reset_leaves_a_new_database_and_no_sandbox_data(tmp_path: Path) -> None:
    for name in ("sandbox.sqlite3", "sandbox.sqlite3-wal", "shop.sqlite3", "shop.sqlite3-wal"):
        (tmp_path / name).write_text("old")
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    settings = read_settings(app_port=port, database_url=f"sqlite:///{tmp_path}/shop.sqlite3")
    reset.reset(settings)
    assert not list(tmp_path.glob("sandbox*"))
    assert (tmp_path / "shop.sqlite3").read_bytes().startswith(b"SQLite format 3")


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "OLDEST", (9, 0))
    assert environment.main([]) == 1
    assert "is too old; the shop takes 3.11 or newer" in capsys.readouterr().err


def test_a_python_without_ensurepip_is_told_which_package_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "FOLDER", tmp_path / "environment")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "environment/bin/python")
    # A Python that can do nothing stands for one that lacks ensurepip and pip.
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert environment.main([]) == 1
    assert "python3-venv" in capsys.readouterr().err
