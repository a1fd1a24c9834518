"""Props and events of the payment component, and the types of what its events carry."""

# Reflex declares an event as `EventHandler[<call>]`, which a type checker cannot read.
# mypy: disable-error-code="type-arg, valid-type"

from __future__ import annotations

from typing import Literal, TypedDict

import reflex as rx

# Links every module beside the component, so that its relative imports resolve in the bundle.
for _module in ("kept_approval.js", "payment_steps.js", "payment_flow.js", "sdk_calls.js"):
    rx.asset(_module, shared=True)
_LIBRARY = rx.asset("klarna_payment.jsx", shared=True).importable_path


class Outcome(TypedDict):
    """What every event carries.

    `sessionFingerprint` is the prop as it was when the session was opened in the browser. An outcome whose
    fingerprint is not the current session's is late or forged; the handler ignores it.
    """

    sessionFingerprint: str


class Ready(Outcome):
    """The widget is shown. `category` is the one of the prop `categories` that it was loaded with."""

    category: str


class Authorized(Outcome):
    """The customer approved. That proves nothing: the order is placed with the shop's own amount and session.

    Sent again until `acknowledged` names the fingerprint, so the handler has to bear repetition.
    `authorizationToken` is a secret for one order within 60 minutes: store it encrypted, never log it.
    """

    authorizationToken: str


class InvalidFields(Outcome):
    """Klarna wants data corrected; paths such as `billing_address.email`, possibly none."""

    invalidFields: list[str]


class Unavailable(Outcome):
    """The widget could not be shown: script blocked, no answer in time, or misuse of the SDK.

    `name` is the SDK's error name for `threw`, otherwise empty. A late `on_ready` takes a `timeout` back.
    """

    reason: Literal["script", "timeout", "threw"]
    name: str


class Failed(Outcome):
    """Authorizing failed for a technical reason: `name` is the SDK's error or `MissingAuthorizationToken`.

    After the latter the button works again; after an SDK error the component offers to load the widget anew.
    """

    name: str


class SdkAnswer(Outcome, total=False):
    """What one call of the SDK came to, for whoever follows a purchase. Decides nothing, and holds no token.

    `error` is the SDK's error name where the call threw; the rest is there where an answer has it.
    """

    call: Literal["load", "authorize", "finalize"]
    milliseconds: float
    error: str
    showForm: bool
    approved: bool
    finalizeRequired: bool
    invalidFields: list[str]


class PaymentTexts(TypedDict, total=False):
    """The component's words, in the reader's language. A missing one shows nothing."""

    button: str  # the order button; keeps its label while busy
    retry: str  # the button after a failure
    loading: str  # the widget is on its way
    authorizing: str  # the customer is in Klarna's flow
    late: str  # Klarna has not answered for minutes
    do_not_close: str  # approved, and the server has not confirmed that it knows
    placing: str  # the server has the authorization and orders
    delayed: str  # the same, when it takes longer than usual
    paid: str  # ordered: the browser is about to leave for `redirect_url`
    hidden: str  # Klarna is not offered, or refused
    failed: str  # the widget could not be shown
    blocked_hint: str  # beside `failed`: a blocker may be the reason
    locked: str  # nothing is loaded, since the server says that the purchase cannot be paid now


class KlarnaPayment(rx.NoSSRComponent):
    """Klarna's widget (`klarna-widget`) and the order button (`checkout-buy`) for one Klarna session.

    Hooks for styling are the classes `klarna-payment`, `klarna-payment__widget`, `__message`, `__failure`,
    `__hint`, `__retry` and `__button`; the root's `data-step` is the state machine's step and the widget's
    `data-status` is `loading`, `ready`, `hidden` or `failed`. Parts that are out of use carry `hidden`, which
    a stylesheet must not override; the widget's box must stay in the document.
    """

    library = _LIBRARY
    tag = "KlarnaPayment"

    sdk_url: rx.Var[str]
    """Address of Klarna's SDK, or of the sandbox's stand-in for it."""
    client_token: rx.Var[str]
    """The session's `klarna_client_token`; empty while there is none. A new one opens a new session, but not
    while the customer is in Klarna's flow: then it waits for the outcome."""
    session_fingerprint: rx.Var[str]
    """Opaque name of the session, changing together with `client_token`; returned with every outcome."""
    categories: rx.Var[list[str]]
    """Values of Klarna's `payment_method_category` to load, each where the one before it was hidden; an empty
    one loads and authorizes without a category. Default: that alone. The server decides on them."""
    texts: rx.Var[PaymentTexts]
    """See `PaymentTexts`."""
    described_by: rx.Var[str]
    """`id` of the element that describes the order button (the summary: what, for how much)."""
    locked: rx.Var[bool]
    """The server says that an order is under way or that the purchase is not payable."""
    acknowledged: rx.Var[str]
    """Fingerprint of the session whose authorization the server has stored."""
    redirect_url: rx.Var[str]
    """Once non-empty, the browser leaves for it with a full page load. http and https only; which hosts are
    allowed is the server's decision. Empty it when the page is opened again, or Back leads straight out."""
    continue_url: rx.Var[str]
    """Address that follows where `redirect_url` leads nowhere: the browser refuses it, or the page is still
    there after `leave_ms`, or is shown again by Back."""
    leave_ms: rx.Var[int]
    """Milliseconds that `redirect_url` has to take the browser away. Default 3 000."""
    consent_required: rx.Var[bool]
    """A consent has to be given before the button works."""
    consent_given: rx.Var[bool]
    """That consent."""
    retry: rx.Var[int]
    """A counter: each change loads a failed widget again."""
    load_timeout_ms: rx.Var[int]
    """Milliseconds until a widget that does not appear counts as unavailable. Default 15 000."""
    authorize_timeout_ms: rx.Var[int]
    """Milliseconds until an unanswered authorize is `on_late`. Default 300 000. A late answer counts."""
    resend_ms: rx.Var[int]
    """Milliseconds before the first repetition of an unacknowledged approval; doubles up to eightfold.
    Default 2 000."""
    delayed_ms: rx.Var[int]
    """Milliseconds from the approval until ordering is said to take longer than usual. Default 8 000."""

    on_ready: rx.EventHandler[rx.event.passthrough_event_spec(Ready)]
    """The widget is there and the button works."""
    on_unavailable: rx.EventHandler[rx.event.passthrough_event_spec(Unavailable)]
    """The widget could not be shown; the component offers a retry by itself."""
    on_hidden: rx.EventHandler[rx.event.passthrough_event_spec(Outcome)]
    """Klarna is not offered for this purchase: each of `categories` was hidden."""
    on_authorize_started: rx.EventHandler[rx.event.passthrough_event_spec(Outcome)]
    """The order button was pressed and Klarna's flow is open."""
    on_authorized: rx.EventHandler[rx.event.passthrough_event_spec(Authorized)]
    """The customer approved; repeated until acknowledged."""
    on_aborted: rx.EventHandler[rx.event.passthrough_event_spec(Outcome)]
    """The customer left Klarna's flow. The button works again."""
    on_invalid_fields: rx.EventHandler[rx.event.passthrough_event_spec(InvalidFields)]
    """Klarna wants data corrected. The button works again."""
    on_refused: rx.EventHandler[rx.event.passthrough_event_spec(Outcome)]
    """Klarna refused this order; another try takes a new session."""
    on_late: rx.EventHandler[rx.event.passthrough_event_spec(Outcome)]
    """No answer for minutes. The button stays locked; a new session is the way out."""
    on_error: rx.EventHandler[rx.event.passthrough_event_spec(Failed)]
    """Authorizing failed for a technical reason."""
    on_sdk_answer: rx.EventHandler[rx.event.passthrough_event_spec(SdkAnswer)]
    """A call of the SDK was answered, or threw; told after the event that it led to."""


klarna_payment = KlarnaPayment.create
