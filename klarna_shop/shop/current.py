"""The shop put together: its parts, and the one that this process runs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from klarna_shop.payway import PaywayClient
    from klarna_shop.settings import Settings
    from klarna_shop.shop.access import Access
    from klarna_shop.shop.articles import ArticleLibrary
    from klarna_shop.shop.clock import Clock, Stopwatch
    from klarna_shop.shop.database import Database
    from klarna_shop.shop.encryption import Encryption
    from klarna_shop.shop.entitlements import Entitlements
    from klarna_shop.shop.experiments.results import ExperimentResults
    from klarna_shop.shop.experiments.store import Experiments
    from klarna_shop.shop.flows import FlowRecorder
    from klarna_shop.shop.flows.service import Flows
    from klarna_shop.shop.funnel import Funnels
    from klarna_shop.shop.identity import DemoCustomer, Identities
    from klarna_shop.shop.measurement import Consents, EventRecorder
    from klarna_shop.shop.offers import OfferCatalogue, StartDates, TitleName
    from klarna_shop.shop.paywalls.editing import DesignEditing
    from klarna_shop.shop.paywalls.store import Designs
    from klarna_shop.shop.personal_data import PersonalData
    from klarna_shop.shop.previews import Previews
    from klarna_shop.shop.purchase import Purchases
    from klarna_shop.shop.purchase.category_observations import CategoryObservations
    from klarna_shop.shop.purchase.reconciliation import Reconciliation
    from klarna_shop.shop.rounds import Rounds
    from klarna_shop.shop.scenarios import Stage
    from klarna_shop.shop.simulation import Simulations
    from klarna_shop.shop.studio import StudioLogins
    from klarna_shop.shop.webhooks import Webhooks
    from klarna_shop.shop.withdrawal import Withdrawals


@dataclass(frozen=True)
class Shop:
    """Every part a screen or a route may ask. Built once a process by the assembly (or a test)."""

    settings: Settings
    clock: Clock
    database: Database
    encryption: Encryption
    payway: PaywayClient
    articles: ArticleLibrary
    identities: Identities
    entitlements: Entitlements
    access: Access
    offers: OfferCatalogue
    start_dates: StartDates
    title_name: TitleName
    designs: Designs
    design_editing: DesignEditing
    previews: Previews
    purchases: Purchases
    observations: CategoryObservations
    withdrawals: Withdrawals
    personal_data: PersonalData
    reconciliation: Reconciliation
    studio: StudioLogins
    recorder: FlowRecorder
    flows: Flows
    experiments: Experiments
    experiment_results: ExperimentResults
    funnels: Funnels
    consents: Consents
    events: EventRecorder
    webhooks: Webhooks
    rounds: Rounds
    stage: Stage | None = None
    """Scenarios and the sandbox's clock; None outside sandbox mode."""
    simulations: Simulations | None = None
    """Synthetic readers; None outside sandbox mode."""
    demo_customers: tuple[DemoCustomer, ...] = ()
    stopwatch: Stopwatch = time.monotonic
    """For what is counted or remembered in seconds by this process."""

    async def close(self) -> None:
        """Give connections back."""
        await self.payway.aclose()
        if self.stage is not None:
            await self.stage.close()
        await self.database.close()


_current: Shop | None = None


def install_shop(shop: Shop) -> None:
    """Make `shop` the one that handlers and routes of this process use."""
    global _current
    _current = shop


def current_shop() -> Shop:
    """The shop of this process.

    Raises:
        RuntimeError: the assembly has not built one.
    """
    if _current is None:
        raise RuntimeError("no shop is installed; import klarna_shop.klarna_shop or install one")
    return _current
