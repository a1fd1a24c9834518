"""The withdrawal function's state: two steps and a receipt.

Whose a contract is is asked anew at each event; what the browser sends names it and proves nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from klarna_shop.email_address import typed_email
from klarna_shop.shop.current import current_shop
from klarna_shop.shop.reader import Reader
from klarna_shop.shop.withdrawal import CannotDeclare, CannotTell, Contract, Declaration, Withdrawal
from klarna_shop.typed_text import tidy
from klarna_shop.ui.claims import Claim, is_held
from klarna_shop.ui.dates import date_and_time
from klarna_shop.ui.languages import address, text
from klarna_shop.ui.letters import Letter, as_html, withdrawal_letter
from klarna_shop.ui.reader_state import page_language, reader_of
from klarna_shop.ui.withdrawal.views import ContractView, contract_view, contract_words

ERROR_ID = "withdraw-error"
LONGEST_INPUT = 1000
CONFIRM = "confirm"
"""The second step, in the state and in the page's address: a step back in the browser leads to the first."""


class WithdrawalState(rx.State):
    """One declaration on its way."""

    status: str = "loading"
    """`loading`, `choose`, `confirm`, `done` or `withdrawn`."""
    contracts: list[ContractView] = []
    chosen: ContractView = ContractView()
    """The contract of the reader's own that is meant; empty for any other."""
    lost: bool = False
    """The address names a purchase that is not the reader's."""
    name: str = ""
    email: str = ""
    error: str = ""
    """`invalid_fields`, `not_yours` or `too_many`."""
    faults: list[str] = []
    working: bool = False
    """Whether a press is being answered."""
    mails: bool = False
    """Whether the receipt is mailed as well as shown."""
    letter: Letter = Letter()
    held_back: bool = False
    """True if mails are sent here and this receipt is not."""
    withdrawn: str = ""
    """A sentence, where another has withdrawn from the contract."""
    _withdrawal_id: str = ""
    _declaring_id: str = ""
    """The id that the next declaration gets; repeated where a worker died with the answer, it is one."""
    _made_for: str = ""
    """Whose contracts are listed, and for whom the second step is filled in."""
    _turn: int = 0
    """Counts how often the page was begun: an answer that comes late belongs to an earlier one."""
    _claimed: str = ""
    """The claim of whoever answers a press, which keeps a second one out."""

    @rx.event(background=True)
    async def show(self) -> None:
        """Begin, or go on, with what this address names: a step, a purchase, a receipt. Safe to repeat."""
        async with self:
            reader, query = await reader_of(self), self.router.url.query_parameters
            if is_held(self._claimed, _declaring(reader)):
                return  # a reconnection: what this reader has declared is on its way
            turn, unanswered = self._turn + 1, self._declaring_id
            goes_on = query.get("step") == CONFIRM == self.status and self._made_for == _declaring(reader)
            if goes_on:
                self.working = False
            else:
                self.reset()
            self._turn = turn
        withdrawals, wanted = current_shop().withdrawals, query.get("purchase", "")
        meant: Contract | None = None
        contracts: list[Contract] = []
        receipt = query.get("receipt") or unanswered
        row = await withdrawals.find(reader, receipt) if receipt else None
        if row is None and goes_on:
            return  # a reconnection or a reload in the second step: the form stays as it is
        if row is None:
            contracts = await withdrawals.contracts.of(reader)
            meant = next((one for one in contracts if wanted and one.purchase_id == wanted), None)
            row = await withdrawals.from_contract(meant) if meant else None
        known = await _known_of(reader, meant) if meant and row is None else None
        async with self:
            if self._turn != turn:
                return
            if row is not None:
                await self._answer(reader, row)
            elif meant is not None and known is not None:
                self._choose(reader, contract_view(meant, page_language(self)), *known)
            else:
                self.lost = bool(wanted)
                await self._offer(reader, contracts)

    @rx.event(background=True)
    async def start(self, form: dict[str, Any]) -> AsyncIterator[EventSpec]:
        """Go on to the confirmation with the contract that was chosen."""
        with Claim() as claim:
            begun = await self._begin(claim)
            if begun is None:
                return
            turn, reader = begun
            withdrawals, reference = current_shop().withdrawals, _typed(form, "contract")
            contract, tells = None, True
            try:
                try:
                    contract = await withdrawals.contracts.find(reader, reference) if reference else None
                except CannotTell:
                    tells = False
                row = await withdrawals.from_contract(contract) if contract else None
                name, email = await _known_of(reader, contract)
                async with self:
                    if self._turn != turn:
                        return
                    if row is not None:
                        await self._answer(reader, row)
                        return
                    language = page_language(self)
                    view = contract_view(contract, language) if contract else ContractView()
                    if not tells and self._made_for == _declaring(reader):
                        # Payway said so when it was listed.
                        view = next((one for one in self.contracts if one.reference == reference), view)
                    self._choose(reader, view, name, email)
                    # The receipt's number goes along: a tab whose state is lost finds by it what it declared.
                    step = {"step": CONFIRM, "receipt": self._declaring_id}
                    following = f"{address(language, '/withdraw')}?{urlencode(step)}"
            finally:
                await self._end(turn)
        yield rx.redirect(following)

    @rx.event
    def back(self) -> EventSpec:
        """To the choice again."""
        return rx.redirect(address(page_language(self), "/withdraw"), replace=True)

    @rx.event(background=True)
    async def declare(self, form: dict[str, Any]) -> AsyncIterator[EventSpec]:
        """Record the declaration; the receipt follows whatever Payway says."""
        with Claim() as claim:
            async with self:
                if self.status != CONFIRM or is_held(self._claimed):
                    return
                reader, language = await reader_of(self), page_language(self)
                chosen, turn, new_id = self.chosen, self._turn, self._declaring_id
                caller = self.router.session.client_ip
                self._claimed = claim.on(_declaring(reader))
                self.working, self.error, self.faults = True, "", []
            declaration = Declaration(
                name=_typed(form, "name"),
                email=typed_email(_typed(form, "email")),
                contract=contract_words(chosen) if chosen.reference else _typed(form, "contract"),
            )
            try:
                row = await current_shop().withdrawals.declare(
                    reader, declaration, language, chosen.reference, new_id=new_id, address=caller
                )
            except CannotDeclare as refusal:
                async with self:
                    if self._turn == turn:
                        self.error, self.faults = refusal.reason, list(refusal.fields)
                yield rx.set_focus(ERROR_ID)
                return
            finally:
                await self._end(turn)
            async with self:
                if self._turn != turn:
                    return
                await self._answer(reader, row)
        if current_shop().withdrawals.is_of(row, reader):
            # An address of its own: a reload shows the receipt, and nobody else can see it there.
            yield rx.redirect(f"{address(language, '/withdraw')}?receipt={row.id}", replace=True)

    @rx.event
    async def download(self) -> EventSpec | None:
        """The receipt as a file that needs nothing else."""
        if not self._withdrawal_id:
            return None
        letter = self.letter
        return rx.download(data=as_html(letter), filename=f"{letter.file_name}.html", mime_type="text/html")

    async def _offer(self, reader: Reader, contracts: list[Contract]) -> None:
        withdrawn = await current_shop().withdrawals.among(one.reference for one in contracts)
        self.contracts = [
            contract_view(one, page_language(self), withdrawn=one.reference in withdrawn) for one in contracts
        ]
        self._made_for = _declaring(reader)
        self.chosen, self.error, self.faults = ContractView(), "", []
        self.status = "choose"

    async def _begin(self, claim: Claim) -> tuple[int, Reader] | None:
        """The turn that a press belongs to, and who pressed; None while another press is answered."""
        async with self:
            if is_held(self._claimed):
                return None
            self._claimed, self.working = claim.on("choice"), True
            return self._turn, await reader_of(self)

    async def _end(self, turn: int) -> None:
        """The press is answered. Called without holding the state."""
        async with self:
            if self._turn == turn:
                self.working = False

    def _choose(self, reader: Reader, chosen: ContractView, name: str, email: str) -> None:
        self.chosen = chosen
        self.name, self.email = name, email
        self.mails = current_shop().settings.sends_mail
        self._declaring_id, self._made_for = current_shop().withdrawals.new_id(), _declaring(reader)
        self.error, self.faults, self.lost = "", [], False
        self.status = CONFIRM

    async def _answer(self, reader: Reader, row: Withdrawal) -> None:
        """Show what was declared to who declared it; to another whose contract it is, that it was."""
        shop = current_shop()
        if not shop.withdrawals.is_of(row, reader):
            language = page_language(self)
            on = date_and_time(row.at, language)
            self.withdrawn, self.status = text(language, "withdraw.withdrawn", time=on), "withdrawn"
            return
        said = shop.withdrawals.said(row)
        self.letter = withdrawal_letter(row, said, shop.settings, language=page_language(self))
        self.held_back = shop.settings.sends_mail and not await shop.withdrawals.is_mailed(row)
        self._withdrawal_id, self._declaring_id = row.id, ""
        self.status = "done"


async def _known_of(reader: Reader, contract: Contract | None) -> tuple[str, str]:
    """Name and e-mail address of whoever bought or is signed in, to save them the typing."""
    shop = current_shop()
    if contract is not None and contract.purchase_id:
        purchase = await shop.purchases.find(reader, contract.purchase_id)
        customer = shop.purchases.customer_details(purchase)
        if customer is not None:
            return f"{customer.first_name} {customer.last_name}", customer.email
    if reader.customer is None:
        return "", ""
    return await shop.identities.full_name(reader.customer), reader.customer.email


def _declaring(reader: Reader) -> str:
    return f"declaration of {reader.account_id or reader.visitor_id}"


def _typed(form: Any, name: str) -> str:
    value = form.get(name, "") if isinstance(form, dict) else ""
    return tidy(value)[:LONGEST_INPUT] if isinstance(value, str) else ""
