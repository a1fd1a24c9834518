"""Every scenario, in the order of a purchase."""

from __future__ import annotations

from klarna_shop.shop.scenarios.scenario import Group, Order, Scenario, Start

PAYWAY = "payway-api.md"
KLARNA = "klarna-payments-js.md"
SESSION = "*/create_session*"
PLACE = "*/place_*order*"
ENTITLEMENTS = "*active_products*"
ELIGIBILITY = "*pre_validate_purchase*"
CATALOGUE = "*products*"
NOTHING_BOUGHT = "astrid.lundmark@demo.example"
FORGOTTEN = " The shop forgets the offers that it remembers; for ten seconds others may feel it, too."
A_STRANGER = " A new customer is told at the checkout, after Klarna's approval: nothing was charged."
NOTHING_CHARGED = "Nothing was charged, and the way on is shown."
UNSET_ORDER = " A configured category is hidden first, which the shop remembers for everyone for a day."
TRIALS_OFF = (
    " Others are not offered trials either: for a day, or until Try again now is pressed in the studio."
)
FOUND_AGAIN = (
    "“We are checking your payment”; within seconds the shop has found the order, exactly one, and the page"
    " turns to completed by itself."
)


def _eligibility(code: str, name: str, expects: str) -> Scenario:
    order: Order = {"kind": "error", "error": code, "path": ELIGIBILITY, "times": 3}
    simulates = f"Payway answers {code} when it is asked whether this reader may buy."
    return Scenario(
        code, Group.BEFORE, name, simulates, expects, f"{PAYWAY} §7", (order,), customer=NOTHING_BOUGHT
    )


def _widget(code: str, name: str, simulates: str, expects: str, section: str) -> Scenario:
    orders: tuple[Order, ...] = ({"kind": "klarna", "klarna": code, "path": SESSION},)
    return Scenario(f"klarna_{code}", Group.WIDGET, name, simulates, expects, f"{KLARNA} §{section}", orders)


def _categories(code: str, name: str, simulates: str, expects: str, offer: str = "digital") -> Scenario:
    orders: tuple[Order, ...] = ({"kind": "klarna", "klarna": code, "path": SESSION},)
    code = code if offer == "digital" else f"{code}_trial"
    return Scenario(code, Group.WIDGET, name, simulates, expects, f"{KLARNA} §13", orders, offer=offer)


def _refusal(code: str, name: str, expects: str, section: str) -> Scenario:
    simulates = f"Klarna approves; Payway answers place_order with {code}."
    orders: tuple[Order, ...] = ({"kind": "error", "error": code, "path": PLACE},)
    return Scenario(code, Group.ORDER, name, simulates, expects, f"{PAYWAY} §{section}", orders)


def _line(code: str, name: str, simulates: str, expects: str, section: str, **order: object) -> Scenario:
    orders: tuple[Order, ...] = ({"path": PLACE, **order},)
    return Scenario(code, Group.LINE, name, simulates, expects, f"{PAYWAY} §{section}", orders)


def _customer(name: str, purpose: str, simulates: str, expects: str, section: str, offer: str) -> Scenario:
    email = name.lower().replace(" ", ".").replace("ö", "o").replace("é", "e") + "@demo.example"
    return Scenario(
        f"customer_{purpose}",
        Group.CUSTOMER,
        name,
        simulates,
        expects,
        f"{PAYWAY} §{section}",
        customer=email,
        start=Start.PICKER if offer else Start.ARTICLE,
        offer=offer or "digital",
    )


_BEFORE = (
    Scenario(
        "catalogue_unavailable",
        Group.BEFORE,
        "Payway does not list its offers",
        f"Payway answers 503 for packages and campaigns.{FORGOTTEN}",
        "The picker says that the offers cannot be fetched right now and tries again on a press.",
        f"{PAYWAY} §6",
        ({"kind": "status", "status": 503, "path": CATALOGUE, "times": 12},),
        forgets_offers=True,
    ),
    Scenario(
        "catalogue_slow",
        Group.BEFORE,
        "Payway is slow with its offers",
        f"Each list of offers takes three seconds.{FORGOTTEN}",
        "The picker's frame stands at once; grey places are filled when the offers come.",
        f"{PAYWAY} §6",
        ({"kind": "latency", "milliseconds": 3000, "path": CATALOGUE, "times": 4},),
        forgets_offers=True,
    ),
    _eligibility(
        "package_already_active",
        "The reader has this package already",
        "The picker says so (already_subscribed) and leads to the account. No Klarna session is made."
        f"{A_STRANGER}",
    ),
    _eligibility(
        "base_package_already_active",
        "The campaign's package is running already",
        f"The picker says so (already_subscribed). No Klarna session is made.{A_STRANGER}",
    ),
    _eligibility(
        "campaign_already_purchased",
        "The campaign was bought once before",
        "The picker says that this offer is not for this reader (not_eligible); the others stay to choose."
        f"{A_STRANGER}",
    ),
    _eligibility(
        "campaign_purchase_rules_does_not_permit_purchase",
        "The campaign's rules do not permit it",
        f"The picker says that this offer is not for this reader (not_eligible).{A_STRANGER}",
    ),
    Scenario(
        "session_unavailable",
        Group.BEFORE,
        "No Klarna session can be made",
        "Payway answers 502 to create_session.",
        "The picker says payway_unavailable, keeps what was chosen and typed, and takes another press.",
        f"{PAYWAY} §5.2",
        ({"kind": "status", "status": 502, "path": SESSION, "times": 3},),
    ),
    Scenario(
        "stale_token",
        Group.BEFORE,
        "The shop's own token has gone stale",
        "Payway answers 401 to the next call.",
        "Nothing: the shop fetches another token and repeats the call.",
        f"{PAYWAY} §3",
        ({"kind": "unauthorized", "path": SESSION},),
    ),
    Scenario(
        "rate_limited",
        Group.BEFORE,
        "Payway asks the shop to slow down",
        f"Payway answers 429 to the list of offers, and asks for two seconds.{FORGOTTEN}",
        "The offers come a little later; reads wait as they are asked to.",
        f"{PAYWAY} §1.7",
        ({"kind": "rate_limited", "retry_after": 2, "path": CATALOGUE},),
        forgets_offers=True,
    ),
)

_WIDGET = (
    _widget(
        "approve",
        "Approved at once",
        "The customer's approval comes by itself.",
        "A short wait, Klarna's redirect, the confirmation, and the article opens.",
        "6.4",
    ),
    _widget(
        "refuse",
        "Klarna refuses",
        "approved: false and show_form: false.",
        "klarna_refused: nothing was charged; another attempt starts a new purchase.",
        "2",
    ),
    _widget(
        "abort",
        "The customer closes Klarna's window",
        "approved: false, show_form: true, no error.",
        "No error. The order button works again.",
        "2",
    ),
    _widget(
        "invalid_fields",
        "Details that Klarna cannot take",
        "approved: false with error.invalid_fields.",
        "invalid_fields with the details named in words; the button works again.",
        "2",
    ),
    _widget(
        "finalize_required",
        "Klarna asks for finalize",
        "approved: true, finalize_required: true and no token yet.",
        "The purchase goes on to the end: the component calls finalize.",
        "2",
    ),
    _widget(
        "authorize_never",
        "Klarna never answers to authorize",
        "The callback of authorize is never called.",
        "The page waits, and after two minutes says that Klarna is silent and offers another attempt.",
        "2",
    ),
    _widget(
        "authorize_throws",
        "Klarna's script throws",
        "authorize calls back and then throws an error.",
        "klarna_unavailable once, with a way to try again; the page does not reload.",
        "2",
    ),
    _widget(
        "slow",
        "Klarna is slow",
        "The widget and the answer to authorize take five seconds each.",
        "The button shows that it works, once; a second press does nothing.",
        "2",
    ),
    _widget(
        "popup_blocked",
        "The browser blocks Klarna's window",
        "The window cannot open; Klarna goes on inside the page.",
        "Klarna's own notice; after it the purchase goes on.",
        "6.4",
    ),
    _widget(
        "load_never",
        "The widget never loads",
        "The callback of load is never called.",
        "klarna_unavailable after a while, with a button that loads again. The purchase is kept.",
        "2",
    ),
    _widget(
        "load_hidden",
        "Klarna does not offer this method",
        "load answers show_form: false.",
        "The widget is hidden, klarna_refused, and the way back to the offers.",
        "2",
    ),
    _categories(
        "categories_all",
        "Klarna has every category",
        "The account has klarna, pay_now, pay_later, pay_over_time, bank transfer and direct debit; no list.",
        "The widget with KLARNA_PAYMENT_METHOD_CATEGORY, or with all methods where it is unset.",
    ),
    _categories(
        "categories_klarna",
        "Klarna has the category klarna alone",
        f"The account has one category, as Klarna documents a Swedish subscription; no list.{UNSET_ORDER}",
        "The widget appears, loaded without a category; the purchase goes through.",
    ),
    _categories(
        "categories_pay_now_direct_debit",
        "Klarna has pay_now and direct_debit",
        "The account has the two categories that Payway's guide names; no list.",
        "The widget with KLARNA_PAYMENT_METHOD_CATEGORY, or with both methods where it is unset.",
    ),
    _categories(
        "categories_none",
        "Klarna has no category",
        "The account has none: the widget is hidden with a category and without one.",
        "klarna_refused: nothing was charged, and the way back to the offers.",
    ),
    _categories(
        "categories_klarna",
        "A trial where Klarna has no direct debit",
        f"The account has the category klarna alone, and the reader orders a trial; no list.{TRIALS_OFF}",
        "klarna_refused: nothing was charged. From then on the picker offers no trial.",
        offer="digital-trial",
    ),
    _categories(
        "categories_klarna_listed",
        "A trial whose session lists no direct debit",
        f"The session's answer lists the category klarna alone, and the reader orders a trial.{TRIALS_OFF}",
        "The picker says not_eligible, before there is a checkout; from then on trials are not offered.",
        offer="digital-trial",
    ),
)

_ORDER = (
    _refusal(
        "payment_method_failed",
        "The payment fails",
        "payment_method_failed: nothing was bought, Klarna may show a reservation for a while; try again.",
        "5.5",
    ),
    _refusal(
        "ssn_already_taken",
        "The personal number belongs to another account",
        "ssn_already_taken: sign in with the account that has it. Nothing was bought.",
        "5.4",
    ),
    _refusal(
        "ssn_already_set",
        "The account has another personal number",
        "ssn_already_set: buy as the person whose account it is. Nothing was bought.",
        "5.4",
    ),
    _refusal(
        "account_update_error",
        "The account's details cannot be changed",
        f"account_update_error. {NOTHING_CHARGED}",
        "5.4",
    ),
    _refusal(
        "delivery_address_error",
        "The delivery address cannot be saved",
        f"delivery_address_error. {NOTHING_CHARGED}",
        "5.4",
    ),
    _refusal(
        "session_void",
        "The session was used already",
        f"session_expired. {NOTHING_CHARGED}",
        "5.3",
    ),
    _refusal(
        "session_expired",
        "The session has expired",
        f"session_expired. {NOTHING_CHARGED}",
        "5.3",
    ),
    _refusal(
        "authorization_expired",
        "The approval has expired",
        f"authorization_expired. {NOTHING_CHARGED}",
        "5.3",
    ),
)

_LINE = (
    _line(
        "answer_lost",
        "The answer is lost",
        "Payway places the order; the connection breaks before the shop hears of it.",
        FOUND_AGAIN,
        "5.3",
        kind="cut",
        when="after",
    ),
    _line(
        "line_cut",
        "The line is cut before Payway works",
        "The connection breaks; no order was placed.",
        "“We are checking your payment”; the shop sends the same order again, and it completes.",
        "5.3",
        kind="cut",
        when="before",
    ),
    _line(
        "silence",
        "Payway does the work and never answers",
        "Payway places the order and keeps the line open in silence.",
        "The page waits; after the deadline (PAYWAY_TIMEOUT, twice) it is checked and completes.",
        "5.3",
        kind="silence",
        when="after",
    ),
    _line(
        "server_error",
        "A server error after the work",
        "Payway places the order and answers 500.",
        FOUND_AGAIN,
        "2",
        kind="status",
        status=500,
        when="after",
    ),
    _line(
        "server_error_before",
        "A server error before the work",
        "Payway answers 503 and has done nothing.",
        "“We are checking your payment”; the shop sends the order again, and it completes.",
        "2",
        kind="status",
        status=503,
        when="before",
    ),
    _line(
        "gateway_page",
        "A gateway answers with a page",
        "A 502 with HTML in place of JSON, after the order was placed.",
        FOUND_AGAIN,
        "2",
        kind="html",
        status=502,
        when="after",
    ),
    _line(
        "truncated",
        "Half an answer",
        "The answer's JSON ends half-way.",
        FOUND_AGAIN,
        "2",
        kind="truncated",
    ),
    _line(
        "slow_order",
        "Payway takes its time",
        "place_order takes eight seconds.",
        "The page says that the order is being placed; leaving or pressing again changes nothing.",
        "5.3",
        kind="latency",
        milliseconds=8000,
    ),
)

_AFTER = (
    Scenario(
        "not_listed_yet",
        Group.AFTER,
        "The order is placed, access comes later",
        "Payway answers 503 three times when a signed-in customer's products are asked for.",
        "The confirmation is pending, says so, and turns to completed by itself. Sign in before you buy.",
        f"{PAYWAY} §8.2",
        ({"kind": "status", "status": 503, "path": ENTITLEMENTS, "times": 3},),
        customer=NOTHING_BOUGHT,
    ),
    Scenario(
        "entitlements_unavailable",
        Group.AFTER,
        "Payway cannot say what a subscriber may read",
        "Payway answers 503 for the customer's products, ten times.",
        "The article says that access could not be checked, and not that one should buy.",
        f"{PAYWAY} §8.2",
        ({"kind": "status", "status": 503, "path": ENTITLEMENTS, "times": 10},),
        customer="karin.oberg@demo.example",
        start=Start.ARTICLE,
    ),
    Scenario(
        "wrong_password",
        Group.AFTER,
        "Wrong password",
        "Payway refuses the next sign-in.",
        "One sentence, how many attempts are left, and the e-mail address is still there.",
        f"{PAYWAY} §3",
        ({"kind": "error", "error": "wrong_password"},),
        start=Start.SIGN_IN,
    ),
)

_CUSTOMERS = (
    _customer(
        "Astrid Lundmark",
        "nothing_bought",
        "Has an account and has never bought anything.",
        "The wall; every offer can be bought.",
        "8.2",
        "digital",
    ),
    _customer(
        "Karin Öberg",
        "active_subscriber",
        "Subscribes to Digital, pays every month.",
        "Articles open; the picker refuses Digital (already_subscribed).",
        "8.2",
        "",
    ),
    _customer(
        "Nils Sandström",
        "cancelled",
        "Has cancelled and paid for the whole year.",
        "Articles open until the paid year ends; the account page offers to go on.",
        "9.4",
        "",
    ),
    _customer(
        "Maja Hellgren",
        "trial_used",
        "Has had the free month already.",
        "The free month is refused (not_eligible); Digital can be bought.",
        "7",
        "digital-trial",
    ),
    _customer(
        "Erik Wiklund",
        "ssn_already_set",
        "The account has another personal number and another name than Klarna.",
        "ssn_already_set where the shop asks Payway to raise it; otherwise the order goes through, and the"
        " account takes what Klarna has.",
        "5.4",
        "digital",
    ),
    _customer(
        "Eva Wiklund",
        "ssn_already_taken",
        "The personal number belongs to somebody else's account.",
        "ssn_already_taken: nothing was bought.",
        "5.4",
        "digital",
    ),
    _customer(
        "Oskar Falk",
        "in_debt",
        "Klarna refuses when the order is placed.",
        "payment_method_failed: nothing was bought.",
        "5.5",
        "digital",
    ),
    _customer(
        "Linnéa Nyberg",
        "frozen",
        "The account is frozen after too many failed attempts.",
        "Signing in says until when, and what to do.",
        "10",
        "",
    ),
)

SCENARIOS: tuple[Scenario, ...] = _BEFORE + _WIDGET + _ORDER + _LINE + _AFTER + _CUSTOMERS
"""All of them; `Scenario.code` is unique."""
