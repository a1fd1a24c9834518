"""Whom the probes are sent to, as whom, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from klarna_shop.operations.conformance.probes.probe import Leave
from klarna_shop.outbound import DIRECT, OutboundWay
from klarna_shop.sandbox import Sandbox, SandboxSettings, demo_customers
from klarna_shop.settings import ConfigurationError, Settings, read_for_questions

CUSTOMER_VARIABLES = ("CONFORMANCE_EMAIL", "CONFORMANCE_PASSWORD")
_LEAVES = {"CONFORMANCE_WRITES": Leave.WRITE, "CONFORMANCE_WRONG_PASSWORD": Leave.WRONG_PASSWORD}
PRODUCTION_VARIABLE = "CONFORMANCE_PRODUCTION"
LEAVE_VARIABLES = {leave: name for name, leave in _LEAVES.items()}


@dataclass(frozen=True)
class Target:
    """One Payway, real or not.

    Attributes:
        name: `sandbox`, `stage` or `production`.
        base_url: of the API.
        customer: e-mail and password of a test customer; None leaves out what takes an identity.
        leaves: what is allowed there.
        transport: makes the way to it, where it is not the network.
        timeout: seconds for one call.
        way: to the network.
    """

    name: str
    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    organisation: str
    title_code: str
    customer: tuple[str, str] | None = field(default=None, repr=False)
    leaves: frozenset[Leave] = frozenset()
    transport: Callable[[], httpx.AsyncBaseTransport] | None = field(default=None, repr=False)
    timeout: float = 30.0
    way: OutboundWay = DIRECT

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no report may hold."""
        return tuple(text for text in (self.client_secret, *(self.customer or ())) if text)


def payway_settings() -> Settings:
    """The shop's settings, without what only the shop itself takes outside the sandbox.

    Raises:
        ConfigurationError: a value is wrong.
    """
    unused = "not used where nothing is sold"
    return read_for_questions(app_url="http://localhost", secret_key=unused * 2, studio_password=unused)


def target_from(settings: Settings, environment: Mapping[str, str]) -> Target:
    """The target that the shop's own variables name, with the customer of `CONFORMANCE_…`.

    Raises:
        ConfigurationError: production without an explicit yes, or a variable that is neither 0 nor 1.
    """
    if settings.payway_env == "production" and not _is_set(environment, PRODUCTION_VARIABLE):
        raise ConfigurationError(
            f"PAYWAY_ENV is production; conformance asks there only with {PRODUCTION_VARIABLE}=1"
        )
    if settings.embeds_sandbox:
        return sandbox_target(Sandbox(SandboxSettings()))
    chosen = tuple(environment.get(name, "") for name in CUSTOMER_VARIABLES)
    if any(chosen) and not all(chosen):
        raise ConfigurationError(f"{' and '.join(CUSTOMER_VARIABLES)} take a value both, or none")
    customer = (chosen[0], chosen[1]) if all(chosen) else None
    leaves = {leave for name, leave in _LEAVES.items() if _is_set(environment, name)}
    if settings.is_sandbox:
        customer, leaves = customer or _demo_customer(), set(Leave)
    assert settings.payway_api_url is not None
    return Target(
        settings.payway_env,
        settings.payway_api_url,
        settings.payway_client_id,
        settings.payway_client_secret.get_secret_value(),
        settings.payway_organisation,
        settings.payway_title_code,
        customer,
        frozenset(leaves),
        timeout=settings.payway_timeout,
        way=settings.outbound,
    )


def sandbox_target(sandbox: Sandbox) -> Target:
    """A sandbox in this process, with a demo customer and everything allowed."""
    own = sandbox.settings
    return Target(
        "sandbox",
        "http://payway.example",
        own.client_id,
        own.client_secret,
        own.organisation,
        own.title_code,
        _demo_customer(),
        frozenset(Leave),
        transport=sandbox.transport,
    )


def _demo_customer() -> tuple[str, str]:
    customer = next(one for one in demo_customers() if one.purpose_key == "active_subscriber")
    return customer.email, customer.password


def _is_set(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip()
    if value not in {"", "0", "1"}:
        raise ConfigurationError(f"{name} takes 0 or 1")
    return value == "1"
