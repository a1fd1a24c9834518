"""A sandbox in memory keeps its data whatever becomes of one connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import text

from klarna_shop.sandbox import Sandbox, SandboxSettings


async def test_a_cancelled_call_takes_no_tables_with_it() -> None:
    sandbox = Sandbox(SandboxSettings())
    before = await sandbox.books()
    for pauses in range(6):
        call = asyncio.create_task(sandbox.issue_ticket(before.accounts[0].email))
        for _ in range(pauses):
            await asyncio.sleep(0)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
    after = await sandbox.books()
    assert [account.email for account in after.accounts] == [account.email for account in before.accounts]
    await sandbox.close()


async def test_two_sandboxes_in_memory_are_two() -> None:
    one, other = Sandbox(SandboxSettings()), Sandbox(SandboxSettings())
    await one.books()
    renamed = text("UPDATE account SET first_name = 'Changed'")
    await one._database.write(lambda session: session.connection().execute(renamed))
    assert all(account.first_name != "Changed" for account in (await other.books()).accounts)
    assert all(account.first_name == "Changed" for account in (await one.books()).accounts)
    await one.close()
    await other.close()


async def test_it_is_no_file() -> None:
    sandbox = Sandbox(SandboxSettings())
    files = await sandbox._database.read(
        lambda session: session.connection().exec_driver_sql("PRAGMA database_list").all()
    )
    assert [row.file for row in files if row.name == "main"] == [""]
    await sandbox.close()
