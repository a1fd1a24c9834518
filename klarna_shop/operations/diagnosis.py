"""The doctor's checks: each tries one outside part once, with a deadline, and tells what it found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, or_, select

from klarna_shop.operations.database_check import DEADLINE, check_database
from klarna_shop.operations.findings import Finding, Grade
from klarna_shop.operations.scopes import NEEDED_SCOPES, NeededScope
from klarna_shop.outbound import http_client, outbound_transport
from klarna_shop.payway import (
    NotFound,
    OpenIdAddress,
    PaywayClient,
    PaywayCredentials,
    PaywayError,
    ProviderUnusable,
    SignInSecrets,
)
from klarna_shop.settings import WEBHOOK_PATH, Settings
from klarna_shop.shop.clock import Clock, is_ahead, system_clock
from klarna_shop.shop.database import Database
from klarna_shop.shop.database_faults import DatabaseUnavailable
from klarna_shop.shop.identity import CALLBACK_PATH
from klarna_shop.shop.offers import CatalogueUnavailable, OfferCatalogue
from klarna_shop.shop.purchase import Purchase, PurchaseState
from klarna_shop.shop.rounds import NAME as ROUNDS
from klarna_shop.shop.rounds import SILENCE_ALLOWED, RoundsRow
from klarna_shop.shop.unreadable import APPROVED, find_unreadable

TOKEN_PATH = "/api/authorization/access_token"  # noqa: S105 - an address
LONG_UNFINISHED = timedelta(minutes=15)
"""After which an approved purchase should have ended, or soon will not."""


async def diagnose(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Finding]:
    """Check every part that the settings name; findings come as they are made.

    Args:
        settings: what to check.
        transport: how to reach Payway where it is not by the network (the embedded sandbox).
    """
    yield await check_database(settings)
    for finding in [*await check_secret_key(settings), *await check_recovery(settings)]:
        yield finding
    if settings.redis_url.get_secret_value():
        yield await check_redis(settings)
    async for finding in check_payway(settings, transport):
        yield finding
    if settings.signs_in_by_redirect:
        for finding in await check_browser_login(settings, transport):
            yield finding
    yield check_webhooks(settings)
    yield await check_klarna_script(settings)
    if settings.smtp_url.get_secret_value():
        yield await check_mail(settings)


async def check_secret_key(settings: Settings) -> list[Finding]:
    """Return whether the keys read what is in use; nothing where no database has been made yet."""
    part = "secret key"
    database = Database(settings.database_url.get_secret_value())
    try:
        async with asyncio.timeout(6 * DEADLINE):
            if not await _is_made(database):
                return []
            unreadable = await find_unreadable(database, settings.secret_keys)
    except (DatabaseUnavailable, SQLAlchemyError, OSError, TimeoutError) as error:
        return [Finding(part, Grade.POOR, f"cannot be tried ({type(error).__name__})")]
    finally:
        await database.close()
    if not unreadable:
        return [Finding(part, Grade.GOOD, "reads what is in use")]
    cost = "Put the key it was written with behind the new one: SECRET_KEY=new,old."
    grade = Grade.WRONG if unreadable.approved else Grade.POOR
    return [Finding(part, grade, f"cannot read {unreadable}", cost)]


async def check_recovery(settings: Settings, clock: Clock = system_clock) -> list[Finding]:
    """Return what the shop's database says of its recovery; nothing where it has not been made yet."""
    part, now = "recovery", clock()
    database = Database(settings.database_url.get_secret_value())
    try:
        async with asyncio.timeout(DEADLINE):
            if not await _is_made(database):
                return []
            last, waiting = await database.read(partial(_last_and_waiting, now))
    except (DatabaseUnavailable, SQLAlchemyError, OSError, TimeoutError) as error:
        return [Finding(part, Grade.POOR, f"cannot be looked at ({type(error).__name__})")]
    finally:
        await database.close()
    return [_last_round(part, last, now), *waiting]


async def _is_made(database: Database) -> bool:
    """True if the database has the tables that are asked for."""
    if database.url.get_backend_name() == "sqlite":
        path = database.url.database
        if path and not await asyncio.to_thread(Path(path).exists):
            return False
    names = await database.read(lambda session: inspect(session.connection()).get_table_names())
    return RoundsRow.__tablename__ in names


def _last_round(part: str, last: datetime | None, now: datetime) -> Finding:
    if last is None:
        return Finding(part, Grade.GOOD, "no round has been made yet: the shop has not run on this database")
    written_at = last.isoformat(timespec="seconds")
    if is_ahead(last, now):
        return Finding(
            part,
            Grade.POOR,
            f"its last round is dated {written_at}, which is yet to come",
            "The clock of this computer or of another that runs the shop is or was wrong.",
        )
    if now - last > SILENCE_ALLOWED:
        return Finding(
            part,
            Grade.POOR,
            f"its last round ended at {written_at}",
            "If the shop runs, nothing interrupted is finished: look for `housekeeping` in its log.",
        )
    return Finding(part, Grade.GOOD, f"its last round ended at {written_at}")


def _last_and_waiting(now: datetime, session: Session) -> tuple[datetime | None, list[Finding]]:
    last = session.exec(select(RoundsRow.finished_at).where(RoundsRow.name == ROUNDS)).first()
    return last, _waiting(session, now)


def _waiting(session: Session, now: datetime) -> list[Finding]:
    approved = [state.value for state in APPROVED]
    long_ago = or_(col(Purchase.changed_at) <= now - LONG_UNFINISHED, col(Purchase.changed_at) > now)
    statement = select(Purchase.state, func.count()).group_by(col(Purchase.state))
    unfinished = statement.where(col(Purchase.state).in_(approved), long_ago)
    found = dict(session.exec(unfinished).all())
    unresolved = statement.where(Purchase.state == PurchaseState.UNRESOLVED.value)
    undecided = sum(number for _, number in session.exec(unresolved))
    findings = []
    if found:
        minutes = LONG_UNFINISHED.total_seconds() / 60
        told = ", ".join(f"{number} {state}" for state, number in sorted(found.items()))
        text = f"approved and unfinished for more than {minutes:.0f} minutes: {told}"
        cost = "Their readers wait. `make reconcile` asks Payway about each now."
        findings.append(Finding("purchases", Grade.POOR, text, cost))
    if undecided:
        cost = "Look in Payway for an order whose merchant_reference is the purchase id."
        findings.append(Finding("purchases", Grade.POOR, f"{undecided} unresolved", cost))
    return findings


async def check_redis(settings: Settings) -> Finding:
    """Whether the shared state store answers."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(settings.redis_url.get_secret_value())
    try:
        async with asyncio.timeout(DEADLINE):
            await client.execute_command("PING")
    except (RedisError, OSError, TimeoutError, ValueError) as error:
        return Finding(
            "state store",
            Grade.WRONG,
            f"REDIS_URL does not answer ({type(error).__name__})",
            "No page can be used. Unset REDIS_URL to run one worker without it.",
        )
    finally:
        await client.aclose()
    return Finding("state store", Grade.GOOD, "answers")


async def check_payway(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Finding]:
    """Whether Payway's token endpoint answers, knows the client, and grants each scope."""
    where = settings.payway_api_url or "embedded sandbox"
    base = settings.payway_api_url or "http://payway.sandbox"
    async with http_client(settings.outbound, transport=transport, base_url=base, timeout=DEADLINE) as client:
        try:
            whole = await _ask_for_token(client, settings, " ".join(each.scope for each in NEEDED_SCOPES))
        except httpx.HTTPError as error:
            yield Finding(
                "Payway",
                Grade.WRONG,
                f"{where} cannot be reached ({type(error).__name__})",
                "Nobody can buy or sign in. Look at PAYWAY_ENV, PAYWAY_API_URL and this network's way out.",
            )
            return
        if whole.is_success:
            yield Finding("Payway", Grade.GOOD, f"{where} knows the client; it holds all scopes of the shop")
            return
        yield Finding("Payway", Grade.GOOD, f"{where} answers")
        findings = [await _check_scope(client, settings, needed) for needed in NEEDED_SCOPES]
        if any(finding.grade is Grade.GOOD for finding in findings):
            for finding in findings:
                yield finding
        else:
            yield Finding(
                "Payway client",
                Grade.WRONG,
                f"every scope is refused; the answer was {whole.status_code} {_error_code(whole)}",
                "Nobody can buy or sign in. Look at PAYWAY_CLIENT_ID and PAYWAY_CLIENT_SECRET first.",
            )


async def _check_scope(client: httpx.AsyncClient, settings: Settings, needed: NeededScope) -> Finding:
    part = f"scope {needed.scope}"
    grade = Grade.WRONG if needed.essential else Grade.POOR
    try:
        answer = await _ask_for_token(client, settings, needed.scope)
    except httpx.HTTPError as error:
        return Finding(part, grade, f"no answer ({type(error).__name__})", needed.cost)
    if answer.is_success:
        return Finding(part, Grade.GOOD, "held")
    cost = f"{needed.cost}. The API user gets scopes in Payway's admin portal."
    return Finding(part, grade, f"refused: {answer.status_code} {_error_code(answer)}", cost)


async def _ask_for_token(client: httpx.AsyncClient, settings: Settings, scope: str) -> httpx.Response:
    return await client.post(
        TOKEN_PATH,
        data={
            "grant_type": "none",
            "client_id": settings.payway_client_id,
            "client_secret": settings.payway_client_secret.get_secret_value(),
            "scope": scope,
        },
    )


def _error_code(answer: httpx.Response) -> str:
    """The OAuth error's name; never its free text, which may repeat what was sent."""
    try:
        body = answer.json()
    except ValueError:
        return "without JSON"
    code = body.get("error") if isinstance(body, dict) else None
    return code if isinstance(code, str) and code.replace("_", "").isalnum() else "without an error code"


_NOBODY = "No one can sign in."
_WHAT_HELPS = {
    "other_issuer": "The document names another issuer. If it is Payway's, set PAYWAY_OPENID_ISSUER to it.",
    "no_code_flow": "The provider does not offer the authorization code flow.",
    "no_signature": "The provider signs ID tokens in no way that can be checked with published keys.",
}
"""Beside the general advice, by the reason for which discovery cannot be used."""


async def check_browser_login(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Check that discovery names the right issuer, code flow and S256, and that the sign-in page answers."""
    part, where = "sign-in by redirect", settings.openid_discovery_url
    credentials = PaywayCredentials(
        settings.payway_api_url or settings.app_url,
        settings.payway_client_id,
        settings.payway_client_secret.get_secret_value(),
        settings.payway_organisation,
    )
    address = OpenIdAddress(where, settings.payway_openid_issuer)
    way = transport or outbound_transport(settings.outbound)
    async with PaywayClient(credentials, transport=way, timeout=DEADLINE, openid=address) as payway:
        assert payway.openid is not None
        try:
            metadata = await payway.openid.metadata()
            page = await payway.openid.authorize_address(
                f"{settings.app_url}{CALLBACK_PATH}", "doctor", SignInSecrets.new(), offline=False
            )
        except ProviderUnusable as error:
            status = "" if error.status is None else f" {error.status}"
            text = f"{where} cannot be used ({error.code}{status})"
            help_ = _WHAT_HELPS.get(error.code or "", "Look at PAYWAY_OPENID_URL and this network's way out.")
            return [Finding(part, Grade.WRONG, text, f"{_NOBODY} {help_}")]
    findings = [Finding(part, Grade.GOOD, f"{where} answers; its issuer is {metadata.issuer}, by code flow")]
    if not metadata.supports_s256:
        text = "the provider does not list PKCE with S256"
        findings.append(
            Finding("PKCE", Grade.POOR, text, "A stolen code is guarded by state and secret alone.")
        )
    findings.append(await _check_sign_in_page(settings, page, transport))
    findings.append(_offline_access(settings, offers=metadata.offers_offline))
    return findings


async def _check_sign_in_page(
    settings: Settings, address: str, transport: httpx.AsyncBaseTransport | None
) -> Finding:
    """Check that the provider's page takes this client with the shop's redirect address."""
    part, where = "sign-in page", address.partition("?")[0]
    callback = f"{settings.app_url}{CALLBACK_PATH}"
    registered = (
        f"The redirect address registered for the API user in Payway's admin portal must be {callback}"
    )
    try:
        async with http_client(settings.outbound, transport=transport, timeout=DEADLINE) as client:
            answer = await client.get(address)
    except httpx.HTTPError as error:
        text = f"{where} cannot be reached from here ({type(error).__name__})"
        return Finding(part, Grade.WRONG, text, "If browsers cannot either, nobody can sign in.")
    location = answer.headers.get("location", "")
    refusal = parse_qs(urlsplit(location).query).get("error") if location.startswith(callback) else None
    if refusal is not None:
        name = refusal[0] if refusal[0].replace("_", "").isalpha() else "an unknown error"
        text = f"{where} refuses the shop's request: {name}"
        help_ = "Look at the API user's scopes and its switch SSO2 client."
        return Finding(part, Grade.WRONG, text, f"{_NOBODY} {help_}")
    if answer.is_success or answer.has_redirect_location:
        # What Payway answers here is nowhere documented: a page of its own may be a login or a refusal.
        return Finding(part, Grade.GOOD, f"{where} answers. {registered}")
    text = f"{where} answers {answer.status_code}"
    return Finding(part, Grade.WRONG, text, f"{_NOBODY} {registered}, letter by letter.")


def _offline_access(settings: Settings, *, offers: bool) -> Finding:
    """Check that customers stay signed in for longer than one token lives."""
    part = "Offline access"
    cost = "Customers are signed out when their token ends, after an hour or two."
    if not settings.payway_offline_access:
        return Finding(part, Grade.POOR, "PAYWAY_OFFLINE_ACCESS is false: no refresh tokens", cost)
    if not offers:
        text = "the provider lists no scope for refresh tokens"
        return Finding(part, Grade.POOR, text, f"{cost} Look at the API user's switch Offline access.")
    return Finding(
        part,
        Grade.GOOD,
        "asked for; whether the API user has it shows at the first sign-in, and in the log if it has not",
    )


async def check_title(payway: PaywayClient, title_code: str) -> Finding:
    """Whether Payway has a newspaper with the configured title code."""
    part = f"title {title_code}"
    try:
        title = await payway.titles.find_one(title_code)
    except NotFound:
        return Finding(part, Grade.WRONG, "Payway has no such title", "Look at PAYWAY_TITLE_CODE.")
    except PaywayError as error:
        return Finding(
            part, Grade.POOR, f"cannot be looked up ({type(error).__name__})", "It may be misspelled."
        )
    return Finding(part, Grade.GOOD, title.name)


async def check_offers(catalogue: OfferCatalogue) -> list[Finding]:
    """Whether there is something to sell, and what of the title's catalogue is not shown."""
    part = "offers"
    nothing = "The picker is empty. Look at PAYWAY_TITLE_CODE and at the title's packages in Payway."
    try:
        async with asyncio.timeout(3 * DEADLINE):
            offers, left_out = await catalogue.offers(), await catalogue.left_out()
    except (CatalogueUnavailable, TimeoutError):
        return [Finding(part, Grade.WRONG, "Payway gives no catalogue", nothing)]
    whole = (
        Finding(part, Grade.GOOD, f"{len(offers)} on sale")
        if offers
        else Finding(part, Grade.WRONG, "none on sale", nothing)
    )
    return [
        whole,
        *(
            Finding(f"offer {each.code}", Grade.POOR, f"not shown: {each.reason}", "It is not sold.")
            for each in left_out
        ),
    ]


async def check_payment_methods(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Tell what is set for Klarna's payment methods, and what the running shop has seen Klarna hide.

    Args:
        settings: what to check.
        transport: the way to the running shop, where it is not the network.
    """
    part = "payment methods"
    category = settings.klarna_payment_method_category
    chosen = f"the category {category}" if category else "without a category, so that Klarna chooses"
    findings = [Finding(part, Grade.GOOD, f"the widget is loaded with the session's own list, else {chosen}")]
    try:
        async with http_client(
            settings.outbound, transport=transport, base_url=settings.app_url, timeout=DEADLINE
        ) as shop:
            notices = (await shop.get("/readyz")).json()["notices"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        text = f"no shop answers at {settings.app_url}, so that nothing is known of what Klarna hides"
        return [*findings, Finding(part, Grade.GOOD, text)]
    hidden = [Finding(part, Grade.POOR, notice, _HIDDEN) for notice in notices if isinstance(notice, str)]
    return findings + (hidden or [Finding(part, Grade.GOOD, "the running shop has seen Klarna hide nothing")])


async def check_addresses(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> list[Finding]:
    """Tell whether the running shop tells its visitors' addresses apart; nothing where no shop answers."""
    try:
        async with http_client(
            settings.outbound, transport=transport, base_url=settings.app_url, timeout=DEADLINE
        ) as shop:
            notice = (await shop.get("/readyz")).json()["addresses"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return []
    way_out = "See TRUSTED_PROXY_HOPS in docs/going-live.md."
    return [Finding("addresses", Grade.POOR, str(notice), way_out)] if notice else []


_HIDDEN = (
    "Ask Klarna which categories the agreement has. The studio's first page lets the shop try again;"
    " a restart does, too."
)


def check_webhooks(settings: Settings) -> Finding:
    """Say whether there is an address for Payway's webhooks, and which one is to be registered."""
    part = "webhooks"
    if not settings.webhook_secrets:
        text = "PAYWAY_WEBHOOK_SECRET is unset: Payway's events are not taken, and Payway is asked regularly"
        return Finding(part, Grade.GOOD, text)
    address = settings.app_url + WEBHOOK_PATH.replace("{secret}", "<PAYWAY_WEBHOOK_SECRET>")
    several = f" ({len(settings.webhook_secrets)} secrets)" if len(settings.webhook_secrets) > 1 else ""
    return Finding(part, Grade.GOOD, f"taken at {address}{several}, which Payway's support registers")


async def check_klarna_script(settings: Settings) -> Finding:
    """Whether the script that draws Klarna's widget can be fetched."""
    part = "Klarna's script"
    if settings.sdk_is_stub:
        return Finding(part, Grade.GOOD, "the sandbox's stub, served by the shop")
    where = urlsplit(settings.klarna_sdk_url).hostname
    problem = ""
    try:
        async with http_client(settings.outbound, timeout=DEADLINE, follow_redirects=True) as client:
            answer = await client.get(settings.klarna_sdk_url)
        if not answer.is_success or "javascript" not in answer.headers.get("content-type", ""):
            problem = f"{where} answers {answer.status_code} without a script"
    except httpx.HTTPError as error:
        problem = f"{where} cannot be reached from here ({type(error).__name__})"
    if problem:
        return Finding(
            part, Grade.POOR, problem, "If browsers cannot either, nobody can pay. Look at KLARNA_SDK_URL."
        )
    return Finding(part, Grade.GOOD, f"{where} serves it")


async def check_mail(settings: Settings) -> Finding:
    """Whether the mail server takes connections."""
    parts = urlsplit(settings.smtp_url.get_secret_value())
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        async with asyncio.timeout(DEADLINE), _connection(parts.hostname or "", port):
            pass
    except (OSError, TimeoutError) as error:
        return Finding(
            "mail",
            Grade.POOR,
            f"SMTP_URL: {parts.hostname}:{port} takes no connection ({type(error).__name__})",
            "Receipts are shown and not mailed.",
        )
    return Finding("mail", Grade.GOOD, f"{parts.hostname}:{port} takes connections")


@asynccontextmanager
async def _connection(host: str, port: int) -> AsyncIterator[None]:
    _, writer = await asyncio.open_connection(host, port)
    try:
        yield
    finally:
        writer.close()
