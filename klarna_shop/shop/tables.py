"""Every table of the shop's database in one place, for migrations and tests."""

from klarna_shop.shop.access.dismissals import WallDismissal
from klarna_shop.shop.access.meter import MeterRead
from klarna_shop.shop.access.visits import VisitorVisits
from klarna_shop.shop.attempts import SignInAttempt
from klarna_shop.shop.experiments.tables import ExperimentHistory, ExperimentRow, SimulationRow, VisitorDraw
from klarna_shop.shop.flows.tables import FlowStep
from klarna_shop.shop.identity.tables import SignInSession, SpentSignInState
from klarna_shop.shop.lease import LeaseRow
from klarna_shop.shop.mails import QueuedMail
from klarna_shop.shop.measurement.tables import MeasuredEvent, MeasuringConsent
from klarna_shop.shop.paywalls.tables import PaywallDesignRow, PaywallHistory, PaywallVersion
from klarna_shop.shop.purchase.tables import (
    AddressDigestKey,
    Purchase,
    PurchaseChange,
    PurchaseTransition,
)
from klarna_shop.shop.rounds import RoundsRow
from klarna_shop.shop.studio import StudioSession
from klarna_shop.shop.withdrawal import Withdrawal

__all__ = [
    "AddressDigestKey",
    "ExperimentHistory",
    "ExperimentRow",
    "FlowStep",
    "LeaseRow",
    "MeasuredEvent",
    "MeasuringConsent",
    "MeterRead",
    "PaywallDesignRow",
    "PaywallHistory",
    "PaywallVersion",
    "Purchase",
    "PurchaseChange",
    "PurchaseTransition",
    "QueuedMail",
    "RoundsRow",
    "SignInAttempt",
    "SignInSession",
    "SimulationRow",
    "SpentSignInState",
    "StudioSession",
    "VisitorDraw",
    "VisitorVisits",
    "WallDismissal",
    "Withdrawal",
]
