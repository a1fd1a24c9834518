"""The shop as an ordinary user who may write nothing of it but its data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from klarna_shop.operations.build import BUILT
from klarna_shop.operations.progress import PROJECT
from tests.served import ServedShop, serve
from tests.socket.client import browsing

pytestmark = pytest.mark.socket

NOBODY = "65534"
SETTING = """
mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount --bind "$1" "$0/var" &&
mkdir -p "$1/python" && mount --bind "$2" "$1/python" && shift 2 && exec "$@"
"""
"""The checkout read-only, its `var` elsewhere, and Python where an ordinary user may look."""
ORDINARY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def _may_look(folder: Path) -> bool:
    return all((one.stat().st_mode & 0o005) == 0o005 for one in (folder, *folder.parents))


@pytest.fixture(scope="module")
def ordinary() -> Iterator[ServedShop]:
    """In a mount namespace of its own, as nobody."""
    if not BUILT.exists():
        pytest.skip("there is no build of the front end; make run or make test makes one")
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("setpriv") is None:
        pytest.skip("only root, with unshare and setpriv, may start something as somebody else")
    if not _may_look(PROJECT):
        pytest.skip("the checkout lies where an ordinary user may not look")
    folder = Path(tempfile.mkdtemp(prefix="klarna-shop-"))
    os.chown(folder, int(NOBODY), int(NOBODY))
    through = ("unshare", "--mount", "sh", "-c", SETTING, str(PROJECT), str(folder), sys.base_prefix)
    python = str(folder / "python" / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    if subprocess.run([*through, python, "-c", ""], capture_output=True, check=False).returncode != 0:
        pytest.skip("no mount namespace may be made here")
    paths = {
        "HOME": str(folder),
        "LD_LIBRARY_PATH": str(folder / "python" / "lib"),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if "site-packages" in path),
    }
    shop = serve(folder, command=(*through, *ORDINARY, python), environment=paths)
    yield shop
    shop.kill()
    shutil.rmtree(folder)


async def test_pages_are_served_and_a_purchase_is_begun_without_writing_to_the_tree(
    ordinary: ServedShop,
) -> None:
    assert ordinary.process is not None
    status = Path(f"/proc/{ordinary.process.pid}/status").read_text()  # noqa: ASYNC240
    assert f"\nUid:\t{NOBODY}\t" in status
    async with httpx.AsyncClient(base_url=ordinary.url) as client:
        assert (await client.get("/article/vindparken-grahallan")).status_code == 200
        assert (await client.get("/readyz", timeout=30)).status_code == 200
    async with browsing(ordinary.url) as client:
        await client.call("packages", "show", path="/packages")
        await client.until(lambda: client.var("packages", "offers"))
        customer = {"email": "a@exempel.example", "first_name": "A", "last_name": "B", "start_date": ""}
        form = {"offer": client.var("packages", "offers")[0]["key"], **customer}
        await client.call("packages", "open_purchase", {"form": form}, "/packages")
        await client.until(lambda: client.redirects)
    for words in ("Permission denied", "PermissionError", "Read-only", "Traceback"):
        assert words not in ordinary.log()
