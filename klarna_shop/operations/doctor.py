"""Says how the shop is set up and what is wrong with it.

    python -m klarna_shop.operations.doctor

Ends with 1 where something keeps the shop from selling.
"""

from __future__ import annotations

import asyncio

import httpx
from pydantic import SecretStr

from klarna_shop.assembly import build_house
from klarna_shop.operations.articles import check_articles
from klarna_shop.operations.diagnosis import (
    check_addresses,
    check_offers,
    check_payment_methods,
    check_title,
    diagnose,
)
from klarna_shop.operations.findings import Finding, Grade
from klarna_shop.operations.own_address import check_dangers, check_own_address
from klarna_shop.operations.progress import say, stop
from klarna_shop.operations.start import settings_at_start
from klarna_shop.sandbox import Sandbox, SandboxSettings
from klarna_shop.settings import ConfigurationError, Settings


def main() -> int:
    """Print the settings and the findings; the exit status."""
    try:
        settings = settings_at_start()
    except ConfigurationError as failure:
        return stop(f"settings: {failure}")
    for line in described(settings):
        say(line)
    say("")
    try:
        return asyncio.run(_report(settings))
    except KeyboardInterrupt:
        return stop("stopped", 130)


def described(settings: Settings) -> list[str]:
    """Every setting as the shop uses it, a line each; of a secret only whether it is set."""
    lines = []
    for name, value in settings:
        if isinstance(value, SecretStr):
            shown = "set" if value.get_secret_value() else "unset"
        elif isinstance(value, tuple):
            shown = ",".join(value) or "by default"
        elif isinstance(value, dict):
            shown = ",".join(f"{key}:{one}" for key, one in value.items()) or "by default"
        else:
            shown = "unset" if value in {None, ""} else str(value)
        origin = "" if name in settings.model_fields_set else "  (default)"
        lines.append(f"{name.upper():44} {shown}{origin}")
    return lines


async def _report(settings: Settings) -> int:
    articles = check_articles(settings)
    for finding in articles:
        say(written(finding))
    if articles[0].grade is Grade.WRONG:
        # Without articles there is no shop whose other parts could be tried.
        return 1
    # The embedded sandbox is the shop's own code on a database in memory: what is tried leaves no trace.
    sandbox = _sandbox(settings) if settings.is_sandbox else None
    house = build_house(settings, sandbox=sandbox)
    transport = httpx.ASGITransport(sandbox.app) if sandbox and settings.embeds_sandbox else None
    findings = list(articles)
    try:
        async for finding in diagnose(settings, transport):
            findings.append(finding)
            say(written(finding))
        title = await check_title(house.shop.payway, settings.payway_title_code)
        offers = await check_offers(house.shop.offers)
        asked = (
            *check_dangers(settings),
            *await check_own_address(settings),
            *await check_payment_methods(settings),
            *await check_addresses(settings),
        )
        for finding in (title, *offers, *asked):
            findings.append(finding)
            say(written(finding))
    finally:
        await house.shop.close()
        if sandbox is not None:
            await sandbox.close()
    wrong = sum(finding.grade is Grade.WRONG for finding in findings)
    poor = sum(finding.grade is Grade.POOR for finding in findings)
    say(f"\n{len(findings)} parts looked at: {wrong} wrong, {poor} poor")
    return 1 if wrong else 0


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox(
        SandboxSettings(
            public_url=settings.app_url,
            organisation=settings.payway_organisation,
            title_code=settings.payway_title_code,
            client_id=settings.payway_client_id,
            client_secret=settings.payway_client_secret.get_secret_value(),
        )
    )


def written(finding: Finding) -> str:
    """A finding as the terminal shows it."""
    line = f"{finding.grade.value:6} {finding.part}: {finding.text}"
    return f"{line}\n       {finding.cost}" if finding.cost else line


if __name__ == "__main__":
    raise SystemExit(main())
