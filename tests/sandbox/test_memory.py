"""A sandbox in memory keeps its data whatever becomes of one connection."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from klarna_shop.sandbox import Sandbox, SandboxSettings


async def test_a_cancelled_call_takes_no_tables_with_it() -> None:
    sandbox = Sandbox(SandboxSettings())
    before = await sandbox.books()
    database = sandbox._database

    async def interrupted() -> None:
        async with database.writing() as session:
            await (await session.connection()).invalidate()
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await interrupted()
    after = await sandbox.books()
    assert [account.email for account in after.accounts] == [account.email for account in before.accounts]
    await sandbox.close()


async def test_two_sandboxes_in_memory_are_two() -> None:
    one, other = Sandbox(SandboxSettings()), Sandbox(SandboxSettings())
    await one.books()
    async with one._database.writing() as session:
        await session.execute(text("DELETE FROM mail"))
        await session.execute(text("UPDATE account SET first_name = 'Changed'"))
    assert all(account.first_name != "Changed" for account in (await other.books()).accounts)
    assert all(account.first_name == "Changed" for account in (await one.books()).accounts)
    await one.close()
    await other.close()


async def test_it_is_no_file() -> None:
    sandbox = Sandbox(SandboxSettings())
    async with sandbox._database.reading() as session:
        connection = await session.connection()
        files = (await connection.exec_driver_sql("PRAGMA database_list")).all()
    assert [row.file for row in files if row.name == "main"] == [""]
    await sandbox.close()
