"""Puts the shop's parts together from the settings. The only place that knows every room."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import httpx

from klarna_shop.outbound import http_client, outbound_transport
from klarna_shop.payway import OpenIdAddress, PaywayClient, PaywayCredentials
from klarna_shop.sandbox import (
    UNCERTAINTY_VARIABLE,
    Sandbox,
    SandboxSettings,
    chosen_seed,
    demo_customers,
)
from klarna_shop.settings import WEBHOOK_PATH, ConfigurationError, Settings
from klarna_shop.shop.access import Access, Allowance, Audience, BrowserRecords, Standing, Subscriptions
from klarna_shop.shop.allowance import Allowances
from klarna_shop.shop.articles import ArticleLibrary
from klarna_shop.shop.clock import Clock, Stopwatch, system_clock
from klarna_shop.shop.current import Shop
from klarna_shop.shop.database import Database
from klarna_shop.shop.encryption import Encryption
from klarna_shop.shop.entitlements import Entitlements
from klarna_shop.shop.experiments.results import ExperimentResults
from klarna_shop.shop.experiments.store import Experiments
from klarna_shop.shop.flows import FlowRecorder, FlowStorage
from klarna_shop.shop.flows.redaction import Redaction
from klarna_shop.shop.flows.service import Flows
from klarna_shop.shop.funnel import Funnels
from klarna_shop.shop.housekeeping import LEASE, Housekeeping
from klarna_shop.shop.identity import DemoCustomer, Identities
from klarna_shop.shop.lease import Lease
from klarna_shop.shop.mails import Delivery, MailQueue, MailSending, SandboxDelivery, SmtpDelivery
from klarna_shop.shop.measurement import Consents, EventRecorder
from klarna_shop.shop.measurement.storage import EventStorage
from klarna_shop.shop.offers import OfferCatalogue, StartDates, TitleName
from klarna_shop.shop.paywalls.editing import DesignEditing
from klarna_shop.shop.paywalls.store import Designs
from klarna_shop.shop.personal_data import PersonalData
from klarna_shop.shop.previews import Persona, Previews, PreviewTokens
from klarna_shop.shop.previews.sharing import ShareTokens
from klarna_shop.shop.previews.tokens import Seal
from klarna_shop.shop.purchase import Purchases, Recovery
from klarna_shop.shop.purchase.buyer_address import AddressDigests
from klarna_shop.shop.purchase.call_lease import CallWatch
from klarna_shop.shop.purchase.category_observations import CategoryObservations
from klarna_shop.shop.purchase.ledger import Ledger
from klarna_shop.shop.purchase.opening import Opening
from klarna_shop.shop.purchase.order_lookup import OrderLookup
from klarna_shop.shop.purchase.placing import Placing
from klarna_shop.shop.purchase.reconciliation import Reconciliation
from klarna_shop.shop.purchase.retention import Retention
from klarna_shop.shop.purchase.settling import Settling
from klarna_shop.shop.purchase.trial_limits import TrialLimits
from klarna_shop.shop.purchase.trials import TrialOutcomes
from klarna_shop.shop.rounds import Rounds
from klarna_shop.shop.scenarios import Stage
from klarna_shop.shop.simulation import Simulations
from klarna_shop.shop.studio import StudioLogins
from klarna_shop.shop.webhooks import Webhooks
from klarna_shop.shop.withdrawal import Contracts, Withdrawals, Withdrawn
from klarna_shop.shop.withdrawal.limits import DeclarationLimits
from klarna_shop.ui.languages import languages
from klarna_shop.ui.letters import Letters


@dataclass(frozen=True)
class House:
    """The shop, what runs beside it, and in sandbox mode the stand-in for Payway and Klarna."""

    shop: Shop
    recovery: Recovery
    housekeeping: Housekeeping
    sandbox: Sandbox | None


def build_house(
    settings: Settings,
    *,
    sandbox: Sandbox | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    session_clock: Clock = system_clock,
    stopwatch: Stopwatch = time.monotonic,
    articles: ArticleLibrary | None = None,
) -> House:
    """Make every part; nothing connects or calls out yet.

    `sandbox`, `transport` and `articles` stand in for what would be made from the settings, `session_clock`
    and `stopwatch` for the computer's time (for tests).
    """
    if settings.is_sandbox and sandbox is None:
        sandbox = _sandbox(settings)
    embedded = sandbox if settings.embeds_sandbox else None
    clock: Clock = embedded.clock.now if embedded else system_clock
    database = Database(settings.database_url.get_secret_value())
    flow_storage = FlowStorage(database, clock, steps=settings.flow_steps, days=settings.flow_days)
    recorder = FlowRecorder(flow_storage, Redaction(_own_secrets(settings)), clock)
    payway = PaywayClient(
        PaywayCredentials(
            base_url=settings.payway_api_url or settings.app_url,
            client_id=settings.payway_client_id,
            client_secret=settings.payway_client_secret.get_secret_value(),
            organisation=settings.payway_organisation,
        ),
        # Law 6 of the architecture: even in process the sandbox is spoken to as a server.
        transport=transport or (embedded.transport() if embedded else outbound_transport(settings.outbound)),
        timeout=settings.payway_timeout,
        now=clock,
        sends_scope=settings.is_sandbox,
        observer=recorder.call if recorder.enabled else None,
        openid=OpenIdAddress(settings.openid_discovery_url, settings.payway_openid_issuer),
    )
    encryption = Encryption(settings.secret_keys)
    identities = Identities(
        database=database,
        payway=payway,
        encryption=encryption,
        clock=clock,
        settings=settings,
        session_clock=session_clock,
    )
    observations = CategoryObservations(
        settings.klarna_trials, settings.klarna_payment_method_category, clock
    )
    offers = OfferCatalogue(
        payway,
        settings.payway_title_code,
        clock,
        settings.payway_campaign_packages,
        observations.trials_withheld,
    )
    start_dates = StartDates(payway, clock)
    entitlements = Entitlements(payway, clock)
    articles = articles or ArticleLibrary.load(settings.articles_dir, languages())
    designs = Designs(database, clock, monotonic=stopwatch)
    experiments = Experiments(database, designs, clock, monotonic=stopwatch)
    consents = Consents(database, clock)
    event_storage = EventStorage(database, clock)
    events = EventRecorder(event_storage)
    stage = _stage(settings, embedded) if settings.is_sandbox else None
    delivery = _delivery(settings, stage)
    mail_queue = MailQueue(enabled=settings.sends_mail)
    ledger = Ledger(database, clock, mail_queue)
    addresses = AddressDigests(database, settings.secret_keys)
    trial_limits = TrialLimits(settings.trials_per_browser, settings.trials_per_address)
    placing = Placing(
        settings=settings,
        payway=payway,
        identities=identities,
        ledger=ledger,
        encryption=encryption,
        addresses=addresses,
        trial_limits=trial_limits,
        clock=clock,
    )
    settling = Settling(payway=payway, entitlements=entitlements, ledger=ledger, clock=clock)
    opening = Opening(
        settings=settings,
        payway=payway,
        identities=identities,
        offers=offers,
        start_dates=start_dates,
        ledger=ledger,
        encryption=encryption,
        addresses=addresses,
        trial_limits=trial_limits,
        clock=clock,
        recorder=recorder,
        events=events,
        observations=observations,
        begun=Allowances(clock=stopwatch),
    )
    recovery = Recovery(
        payway=payway,
        ledger=ledger,
        placing=placing,
        settling=settling,
        clock=clock,
        calls=CallWatch(stopwatch),
    )
    purchases = Purchases(
        ledger=ledger,
        opening=opening,
        placing=placing,
        settling=settling,
        encryption=encryption,
        clock=clock,
        observations=observations,
    )
    withdrawals = Withdrawals(
        database=database,
        payway=payway,
        contracts=Contracts(payway, purchases, clock),
        entitlements=entitlements,
        encryption=encryption,
        mails=mail_queue,
        recorder=recorder,
        clock=clock,
        limits=DeclarationLimits(Allowances(clock=stopwatch)),
    )
    rounds = Rounds(database, session_clock, stopwatch)
    allowance = Allowance(settings.meter_free_articles, settings.meter_days)
    standing = Standing(payway, clock)
    subscriptions = Subscriptions(
        identities=identities,
        entitlements=entitlements,
        offers=offers,
        withdrawn=Withdrawn(database, payway, clock, addresses),
        clock=clock,
        access_codes=settings.payway_access_codes,
    )
    access = Access(
        subscriptions=subscriptions,
        audience=Audience(standing, clock),
        records=BrowserRecords(database, designs.snapshot, experiments.snapshot, subscriptions, clock),
        allowance=allowance,
    )
    shop = Shop(
        settings=settings,
        clock=clock,
        database=database,
        encryption=encryption,
        payway=payway,
        articles=articles,
        identities=identities,
        entitlements=entitlements,
        access=access,
        offers=offers,
        start_dates=start_dates,
        title_name=TitleName(payway, settings.payway_title_code, clock),
        designs=designs,
        design_editing=DesignEditing(
            designs=designs,
            offers=offers,
            articles=articles,
            languages=languages(),
            payment_method_category=settings.klarna_payment_method_category,
            clock=clock,
        ),
        previews=_previews(settings, designs, allowance, clock),
        purchases=purchases,
        observations=observations,
        withdrawals=withdrawals,
        personal_data=PersonalData(database, purchases, withdrawals, events, clock),
        reconciliation=Reconciliation(recovery, database),
        studio=StudioLogins(settings, database, encryption),
        recorder=recorder,
        flows=Flows(database, encryption),
        experiments=experiments,
        experiment_results=ExperimentResults(database, clock),
        funnels=Funnels(database),
        consents=consents,
        events=events,
        webhooks=Webhooks(
            lookup=OrderLookup(payway=payway, ledger=ledger, placing=placing, settling=settling),
            recorder=recorder,
            forget=(entitlements.forget, standing.forget),
            stopwatch=stopwatch,
        ),
        rounds=rounds,
        stage=stage,
        simulations=_simulations(database, clock, designs, offers, articles) if settings.is_sandbox else None,
        demo_customers=_demo_customers() if settings.is_sandbox else (),
        stopwatch=stopwatch,
    )
    housekeeping = Housekeeping(
        lease=Lease(database, "housekeeping", LEASE, now=session_clock),
        recovery=recovery,
        retention=Retention(database, clock, settings.retention_days),
        identities=identities,
        flow_storage=flow_storage,
        consents=consents,
        event_storage=event_storage,
        trials=TrialOutcomes(database, payway, clock, stopwatch),
        access=access,
        withdrawals=withdrawals,
        mails=MailSending(database, clock, Letters(settings, purchases, withdrawals), delivery),
        clock=clock,
        rounds=rounds,
    )
    return House(shop, recovery, housekeeping, sandbox)


def _previews(settings: Settings, designs: Designs, allowance: Allowance, clock: Clock) -> Previews:
    """Outside the sandbox the readers are not made up: only the one whom every wall is for."""
    personas = tuple(Persona) if settings.is_sandbox else (Persona.METER_USED_UP,)
    return Previews(
        tokens=PreviewTokens(Seal(Encryption(settings.secret_keys, "preview")), personas),
        share_tokens=ShareTokens(Seal(Encryption(settings.secret_keys, "share link of previews"))),
        personas=personas,
        designs=designs,
        allowance=allowance,
        clock=clock,
    )


def _own_secrets(settings: Settings) -> tuple[str, ...]:
    """What must be in no recorded step, in whichever place it came."""
    named = (settings.payway_client_secret, settings.studio_password)
    own = (secret.get_secret_value() for secret in named)
    return (*own, *settings.secret_keys, *settings.webhook_secrets)


def _sandbox(settings: Settings) -> Sandbox:
    return Sandbox(
        SandboxSettings(
            database_path=settings.sandbox_database,
            public_url=settings.app_url,
            organisation=settings.payway_organisation,
            title_code=settings.payway_title_code,
            client_id=settings.payway_client_id,
            client_secret=settings.payway_client_secret.get_secret_value(),
            webhook_url=_own_webhook_address(settings),
        ),
        uncertainty=_uncertainty() if settings.embeds_sandbox else None,
    )


def _own_webhook_address(settings: Settings) -> str:
    """The embedded sandbox calls the shop as Payway would, at its own port; without a secret not at all."""
    if not settings.webhook_secrets:
        return ""
    return f"http://127.0.0.1:{settings.app_port}{WEBHOOK_PATH.format(secret=settings.webhook_secrets[0])}"


def _uncertainty() -> int | None:
    """The seed in the environment: no setting of the shop's, which behaves the same with every seed."""
    written = os.environ.get(UNCERTAINTY_VARIABLE)
    try:
        return chosen_seed(written) if written else None
    except ValueError as error:
        raise ConfigurationError(f"{UNCERTAINTY_VARIABLE}: {error}") from None


def _delivery(settings: Settings, stage: Stage | None) -> Delivery | None:
    """How mails leave the house: through the mail server of the settings, else into the sandbox's mailbox."""
    url = settings.smtp_url.get_secret_value()
    if url:
        return SmtpDelivery(url, settings.seller_name, settings.seller_email)
    return SandboxDelivery(stage) if stage is not None else None


def _stage(settings: Settings, embedded: Sandbox | None) -> Stage:
    """The sandbox's switches, reached as a server's, wherever it is."""
    return Stage(
        http_client(
            settings.outbound,
            transport=embedded.transport() if embedded else None,
            base_url=settings.payway_api_url or settings.app_url,
            auth=(settings.payway_client_id, settings.payway_client_secret.get_secret_value()),
        )
    )


def _simulations(
    database: Database, clock: Clock, designs: Designs, offers: OfferCatalogue, articles: ArticleLibrary
) -> Simulations:
    return Simulations(
        database=database,
        clock=clock,
        designs=designs,
        offers=offers,
        articles=articles,
        languages=languages(),
    )


def _demo_customers() -> tuple[DemoCustomer, ...]:
    return tuple(
        DemoCustomer(customer.email, customer.password, customer.name, customer.purposes)
        for customer in demo_customers()
    )
