"""The locks are installed as they are, whatever has been published since."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from klarna_shop.operations.environment import INSTALL


def _wheel(folder: Path, name: str, version: str, *requirements: str) -> str:
    """A package with nothing in it; its digest."""
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    wanted = "".join(f"Requires-Dist: {one}\n" for one in requirements)
    extra = "Provides-Extra: reload\n"
    with ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extra}{wanted}"
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return sha256(path.read_bytes()).hexdigest()


def test_a_newer_release_of_a_locked_package_stops_nobody(tmp_path: Path) -> None:
    """Whoever requires it with an extra must not make pip look for that release."""
    published, target = tmp_path / "published", tmp_path / "target"
    published.mkdir()
    framework = _wheel(published, "lockedframework", "1.0", "lockedserver[reload]>=1")
    server = _wheel(published, "lockedserver", "1.0")
    _wheel(published, "lockedserver", "2.0")
    lock = tmp_path / "lock.txt"
    lock.write_text(
        f"lockedframework==1.0 --hash=sha256:{framework}\nlockedserver==1.0 --hash=sha256:{server}\n"
    )
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *INSTALL,
        "--requirement",
        str(lock),
        "--target",
        str(target),
    ]
    alone = ["--isolated", "--no-index", "--find-links", str(published)]
    done = subprocess.run([*command, *alone], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in target.glob("*.dist-info")} == {
        "lockedframework-1.0.dist-info",
        "lockedserver-1.0.dist-info",
    }


def test_what_was_locked_is_whole() -> None:
    """Since nothing beside the lock is installed, nothing may be missing in it."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
