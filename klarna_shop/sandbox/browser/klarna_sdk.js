// A stand-in for Klarna's classic browser SDK: same names, call forms, answers and errors; no network.
// It takes only tokens with the private claim `x-demo`, so it can never pose as the real one.
// Tests steer and read it by window.__klarnaStub: {calls, warnings, options, next(outcome), reset()}.
(() => {
  "use strict";

  const TEXTS = {
    sv: {
      demo: "Demo – inget betalas",
      widget: "Du godkänner köpet i nästa steg.",
      title: "Godkänn köpet",
      lead: "Här skulle Klarnas eget fönster öppnas. Välj vad kunden gör.",
      shop: "Butik",
      purchase: "Köp",
      amount: "Belopp",
      method: "Betalsätt",
      approve: "Godkänn köpet",
      other: "Pröva ett annat svar",
      refuse: "Neka",
      fix: "Fel uppgifter",
      never: "Svara aldrig",
      close: "Stäng",
      working: "Behandlar …",
      blocked: "Webbläsaren stoppade fönstret. Fortsätt här på sidan.",
      continue: "Fortsätt",
      loading: "Laddar",
      methods: {
        klarna: "Betala med Klarna", pay_now: "Betala nu", pay_later: "Faktura",
        pay_over_time: "Delbetalning", pay_in_parts: "Delbetalning", direct_debit: "Autogiro",
        direct_bank_transfer: "Banköverföring", card: "Kort",
      },
    },
    en: {
      demo: "Demo – nothing is paid",
      widget: "You approve the purchase in the next step.",
      title: "Approve the purchase",
      lead: "Klarna’s own window would open here. Choose what the customer does.",
      shop: "Shop",
      purchase: "Purchase",
      amount: "Amount",
      method: "Payment method",
      approve: "Approve the purchase",
      other: "Try another answer",
      refuse: "Refuse",
      fix: "Faulty details",
      never: "Never answer",
      close: "Close",
      working: "Working …",
      blocked: "The browser blocked the window. Continue here on the page.",
      continue: "Continue",
      loading: "Loading",
      methods: {
        klarna: "Pay with Klarna", pay_now: "Pay now", pay_later: "Invoice",
        pay_over_time: "Instalments", pay_in_parts: "Instalments", direct_debit: "Direct debit",
        direct_bank_transfer: "Bank transfer", card: "Card",
      },
    },
  };
  const CATEGORIES = Object.keys(TEXTS.en.methods); // in the order of CATEGORIES in klarna_categories.py
  const PREFERRED = [
    "invoice", "b2b_invoice", "fixed_amount", "base_account", "deferred_interest", "direct_debit",
    "direct_bank_transfer", "pix",
  ];
  const EVENTS = ["heightChanged", "fullscreenOverlayShown", "fullscreenOverlayHidden"];
  const OPEN_CLASS = "klarna-payments-fso-open";
  const INVALID_FIELDS = ["billing_address.email", "billing_address.postal_code"];
  const DEFAULT_OPTIONS = {
    delayMs: 300, // before drawing and before a scenario's answer; a token's own delay_ms wins over it
    slowMs: 5000, // the same in the scenario `slow`
    static: true, // a shadow root in the container; false: an iframe
    popup: false, // a real window in place of the dialog
    callbackBeforeHidden: false, // order of the last two signals of a purchase
    passThrough: false, // a second authorize while one is running opens a second dialog
  };

  // --- The test hook. A page may set window.__klarnaStub.options before this script.
  const hook = (window.__klarnaStub ??= {});
  hook.calls ??= [];
  hook.warnings ??= [];
  hook.options = { ...DEFAULT_OPTIONS, ...hook.options };
  const queued = { load: [], authorize: [] };
  hook.next = (outcome) => {
    const isLoad = typeof outcome === "string" ? outcome.startsWith("load_") : !("approved" in outcome);
    queued[isLoad ? "load" : "authorize"].push(outcome);
  };
  hook.reset = () => {
    hook.calls.length = hook.warnings.length = queued.load.length = queued.authorize.length = 0;
    hook.options = { ...DEFAULT_OPTIONS };
  };
  const warn = (code, message) => {
    hook.warnings.push({ code, message });
    console.warn(`[klarna stub] ${message}`);
  };
  const plain = (value) => {
    if (typeof value === "function") return "[function]";
    if (value instanceof Node) return "[element]";
    if (Array.isArray(value)) return value.map(plain);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
    }
    return value;
  };
  const record = (method, given) =>
    hook.calls.push({
      method, arguments: [...given].map(plain), at: performance.now(),
      userActivation: navigator.userActivation?.isActive ?? null,
    });

  // --- State of this one execution of the script.
  let session = null; // claims of the current client token
  const widgets = new Map(); // name -> see newWidget
  const handlers = new Map(EVENTS.map((name) => [name, []]));
  const emit = (event, ...details) => [...handlers.get(event)].forEach((handler) => quietly(handler,
    ...details));
  const quietly = (callback, ...details) => {
    try {
      callback?.(...details);
    } catch {
      // The real SDK swallows what a callback throws.
    }
  };
  const fault = (name, message) => Object.assign(new Error(message), { name });
  const fail = (callback, result, error) => {
    quietly(callback, result);
    throw error;
  };
  const isTurnedDown = { show_form: false, approved: false };
  const language = () => (String(session?.language).toLowerCase().startsWith("sv") ? "sv" : "en");
  const texts = () => TEXTS[language()];
  const demo = () => session["x-demo"];
  /** The categories of the account: a private claim, whether or not the session's answer lists them. */
  const accountCategories = () => demo().payment_method_categories ?? CATEGORIES;
  /** Of those asked for, what the account has; without a category everything it has. */
  const offeredOf = (asked) =>
    accountCategories().filter((category) => asked.length === 0 || asked.includes(category));
  const delay = (scenario) =>
    scenario === "slow" ? hook.options.slowMs : (demo().delay_ms ?? hook.options.delayMs);

  const claimsOf = (token) => {
    const parts = typeof token === "string" ? token.split(".") : [];
    try {
      if (parts.length !== 3) throw new Error("three parts");
      const binary = atob(parts[1].replace(/-/g, "+").replace(/_/g, "/"));
      const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      throw fault("InvalidClientTokenError", "The client token is not a JWT.");
    }
  };
  // An opaque authorization token, of which the sandbox alone can tell the category it was given by: a UUID of
  // version 8 (RFC 9562), whose layout is the maker's; the last two digits are the place in CATEGORIES.
  const authorizationToken = (category) => {
    const random = crypto.getRandomValues(new Uint8Array(16));
    const digits = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const place = CATEGORIES.indexOf(category).toString(16).padStart(2, "0");
    const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
    return [...parts, digits.slice(20, 30) + place].join("-");
  };

  // --- Drawing. Only CSSOM and constructed sheets: nothing here needs 'unsafe-inline'.
  const PALETTE = `
    :host, :root {
      --paper:#fff; --ink:#17202a; --soft:#5a6673; --line:#d5dbe1; --deep:#14532d; --on:#fff;
      --tint:#eaf5ee; --flag:#fff3c4; --flagink:#5c4400; color-scheme:light;
    }
    :host([data-theme=dark]), :root[data-theme=dark] {
      --paper:#1b222b; --ink:#eef2f6; --soft:#a9b5c1; --line:#3c4855; --deep:#86e0a8; --on:#0b2415;
      --tint:#21352b; --flag:#4a3b0b; --flagink:#ffe9a3; color-scheme:dark;
    }
    * { box-sizing:border-box; margin:0; font:inherit; color:inherit }
    .face { font:400 1rem/1.5 system-ui, sans-serif; color:var(--ink); background:var(--paper) }
    .flag {
      display:inline-block; padding:.15rem .6rem; border-radius:1rem; background:var(--flag);
      color:var(--flagink); font-size:.8125rem; font-weight:600;
    }
    .soft { color:var(--soft); font-size:.9375rem }`;
  const WIDGET = `
    :host { display:block; width:100%; min-width:280px; max-width:600px }
    .face {
      display:grid; gap:.5rem; padding:1rem 1.125rem; border:1px solid var(--line); border-radius:.75rem;
    }
    .method { font-weight:600; font-size:1.0625rem }`;
  const SCREEN = `
    dialog {
      position:fixed; inset:0; margin:auto; width:min(26rem, calc(100vw - 2rem)); padding:0; border:0;
      max-height:calc(100dvh - 2rem); overflow:auto; border-radius:1rem;
      box-shadow:0 1.5rem 4rem rgb(0 0 0 / .35);
    }
    dialog::backdrop { background:rgb(10 16 22 / .6); backdrop-filter:blur(2px) }
    .card { padding:1.25rem 1.5rem 1.5rem; display:grid; gap:1rem }
    .head { display:flex; justify-content:space-between; align-items:center; gap:1rem }
    h2 { font-size:1.375rem; line-height:1.25; font-weight:700 }
    dl {
      display:grid; grid-template-columns:auto 1fr; gap:.375rem 1rem; padding:.875rem 1rem;
      border-radius:.625rem; background:var(--tint);
    }
    dt { color:var(--soft) }
    dd { text-align:right; font-weight:600; overflow-wrap:anywhere }
    button {
      cursor:pointer; min-height:2.75rem; padding:.5rem .875rem; background:transparent;
      border:1px solid var(--line); border-radius:.625rem;
    }
    button:hover { border-color:var(--ink) }
    button:focus-visible { outline:3px solid var(--deep); outline-offset:2px }
    .primary {
      min-height:3.25rem; background:var(--deep); color:var(--on); border-color:var(--deep); font-weight:700;
    }
    .close { border:0; min-width:2.75rem; font-size:1.5rem; line-height:1; margin-right:-.75rem }
    .others { display:grid; grid-template-columns:1fr 1fr; gap:.5rem }
    .others p, .others :last-child { grid-column:1 / -1 }
    .card[aria-busy=true] .choice, .card:not([aria-busy=true]) .working { display:none }
    @media (max-width:32rem) {
      dialog { width:100vw; max-width:100vw; margin:auto 0 0; border-radius:1rem 1rem 0 0 }
    }
    @media (prefers-reduced-motion:no-preference) { dialog[open] { animation:rise .2s ease-out } }
    @keyframes rise { from { opacity:0; transform:translateY(1rem) } }`;
  const adopt = (root, css) => {
    const view = (root.ownerDocument ?? root).defaultView;
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  adopt(document, `.${OPEN_CLASS} { overflow:hidden }`);

  const make = (parent, tag, attributes = {}, text = "") => {
    const element = (parent.ownerDocument ?? parent).createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const isDark = () => {
    const { classList } = document.documentElement;
    if (classList.contains("dark") || classList.contains("light")) return classList.contains("dark");
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const themed = new Set();
  const paint = () => {
    for (const element of themed) {
      if (element.isConnected) element.dataset.theme = isDark() ? "dark" : "light";
      else themed.delete(element);
    }
  };
  const theme = (element) => {
    themed.add(element);
    paint();
  };
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["class"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

  const drawFace = (root, category) => {
    const face = make(root, "div", { class: "face", lang: language() });
    make(face, "div").append(make(face, "span", { class: "flag" }, texts().demo));
    make(face, "p", { class: "method" }, texts().methods[category] ?? texts().methods.klarna);
    make(face, "p", { class: "soft" }, texts().widget);
  };
  const drawStatic = (widget) => {
    const id = `${widget.id}-static`;
    // Kept where it is, as the real one does: the second container of the same name stays empty.
    let host = document.getElementById(id);
    if (!host) {
      host = make(widget.container, "div", { id });
      adopt(host.attachShadow({ mode: "open" }), PALETTE + WIDGET);
    }
    host.shadowRoot.replaceChildren();
    drawFace(host.shadowRoot, widget.category);
    theme(host);
    return host;
  };
  const fillFrame = (widget, frame) => {
    const { body, documentElement } = frame.contentDocument;
    body.replaceChildren();
    drawFace(body, widget.category);
    theme(documentElement);
    const height = Math.max(body.scrollHeight, 120);
    frame.style.height = `${height}px`;
    emit("heightChanged", height, widget.name);
    return frame;
  };
  const drawFrame = (widget, done) => {
    const id = `${widget.id}-main`;
    const old = document.getElementById(id);
    if (old?.parentElement === widget.container) return done(fillFrame(widget, old));
    old?.remove();
    const loader = make(widget.container, "div", { id: `${id}-loader` }, texts().loading);
    const frame = make(widget.container, "iframe", {
      id, name: id, title: "Klarna", scrolling: "no", frameborder: "0",
      srcdoc: "<!doctype html><title>Klarna</title>",
    });
    const box = { width: "100%", minWidth: "280px", maxWidth: "600px", height: "230px", border: "0" };
    Object.assign(frame.style, box);
    frame.addEventListener("load", () => {
      adopt(frame.contentDocument, PALETTE + WIDGET.replace(":host", ":root"));
      loader.remove();
      done(fillFrame(widget, frame));
    }, { once: true });
  };

  /** What is bought, as far as the token's demo claim tells: `description`, `amount` (öre), `currency`. */
  const drawFacts = (list, widget) => {
    const words = texts();
    const { description, amount, currency = "SEK" } = demo();
    const money = new Intl.NumberFormat(`${language()}-SE`, { style: "currency", currency });
    const facts = [
      [words.shop, session.merchant_name ?? "Demo"],
      [words.purchase, description],
      [words.amount, Number.isInteger(amount) ? money.format(amount / 100) : undefined],
      [words.method, words.methods[widget.category] ?? words.methods.klarna],
    ];
    for (const [term, value] of facts.filter((fact) => fact[1])) {
      make(list, "dt", {}, term);
      make(list, "dd", {}, value);
    }
  };
  /** Draw the purchase screen's card; `choose(outcome)` is called by its buttons. */
  const drawCard = (parent, widget, choose, isWorking) => {
    const words = texts();
    const card = make(parent, "div", { class: "card", "aria-busy": isWorking });
    const button = (to, name, label, outcome, look = "") =>
      make(to, "button", { type: "button", class: look, "data-testid": `klarna-stub-${name}` }, label)
        .addEventListener("click", () => choose(outcome));
    const header = make(card, "div", { class: "head" });
    make(header, "span", { class: "flag" }, words.demo);
    button(header, "close", "×", "abort", "close");
    header.lastChild.setAttribute("aria-label", words.close);
    make(card, "h2", { id: "title" }, words.title);
    make(card, "p", { class: "soft choice", id: "lead" }, words.lead);
    drawFacts(make(card, "dl"), widget);
    button(card, "approve", words.approve, "approve", "primary choice");
    const others = make(card, "div", { class: "others choice" });
    make(others, "p", { class: "soft" }, words.other);
    button(others, "refuse", words.refuse, "refuse");
    button(others, "fix-data", words.fix, "invalid_fields");
    button(others, "never", words.never, "authorize_never");
    make(card, "p", { class: "working", role: "status" }, words.working);
  };
  /** The step before it when the browser blocked the window. */
  const drawBlocked = (parent, proceed) => {
    const card = make(parent, "div", { class: "card" });
    make(card, "span", { class: "flag" }, texts().demo);
    make(card, "p", { id: "title" }, texts().blocked);
    const look = { type: "button", class: "primary", "data-testid": "klarna-stub-continue" };
    make(card, "button", look, texts().continue).addEventListener("click", () => {
      card.remove();
      proceed();
    });
  };
  const keepFocus = (event, dialog) => {
    if (event.key !== "Tab") return;
    const stops = [...dialog.querySelectorAll("button")].filter((button) => button.checkVisibility());
    const at = stops.indexOf(dialog.getRootNode().activeElement);
    event.preventDefault(); // the dialog is modal, yet the browser would let Tab out to its own bars
    stops.at((at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length)?.focus();
  };
  const openDialog = (widget, choose, isWorking, isBlocked) => {
    const returnTo = document.activeElement;
    const host = make(document.body, "div", { id: `${widget.id}-fullscreen` });
    const root = host.attachShadow({ mode: "open" });
    adopt(root, PALETTE + SCREEN);
    const dialog = make(root, "dialog", { class: "face", "aria-labelledby": "title", lang: language() });
    const card = () => drawCard(dialog, widget, choose, isWorking);
    const focus = () => dialog.querySelector(isWorking ? ".close" : ".primary").focus();
    if (isBlocked) {
      drawBlocked(dialog, () => {
        card();
        focus();
      });
    } else card();
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      choose("abort");
    });
    dialog.addEventListener("keydown", (event) => keepFocus(event, dialog));
    theme(host);
    [document.documentElement, document.body].forEach((element) => element.classList.add(OPEN_CLASS));
    dialog.showModal();
    focus();
    return () => {
      host.remove();
      [document.documentElement, document.body].forEach((element) => element.classList.remove(OPEN_CLASS));
      if (returnTo?.isConnected) returnTo.focus?.();
    };
  };
  const openWindow = (widget, choose, isWorking) => {
    const popup = window.open("", `${widget.id}-popup`, "width=500,height=700");
    if (!popup) return null;
    popup.document.title = texts().demo;
    adopt(popup.document, PALETTE + SCREEN);
    theme(popup.document.documentElement);
    drawCard(make(popup.document.body, "main", { class: "face" }), widget, choose, isWorking);
    const closed = setInterval(() => popup.closed && choose("abort"), 100);
    return () => {
      clearInterval(closed);
      popup.close();
    };
  };

  // --- Widgets.
  const nameOf = (options) =>
    options.instance_id || options.payment_method_category || session?.session_type || "payments";
  const newWidget = (name) => ({
    name, id: `klarna-${name.toLowerCase().replaceAll("_", "-")}`,
    container: null, element: null, category: "",
    isDirty: false, // the session was replaced after it was drawn
    isLoading: false, isBusy: false, awaitsFinalize: false, cancels: new Set(),
  });
  const cancelAuthorize = (widget) => {
    [...widget.cancels].forEach((cancel) => cancel());
    widget.isBusy = false;
  };
  /** A removed container takes its widget and a running purchase with it, without a word to the caller. */
  const dropRemoved = () => {
    for (const widget of widgets.values()) {
      if ((widget.element ?? widget.container).isConnected) continue;
      widgets.delete(widget.name);
      cancelAuthorize(widget);
    }
  };
  setInterval(dropRemoved, 100);

  const checkNames = (options, refuse) => {
    const many = options.payment_method_categories;
    const given = many ?? [options.payment_method_category].filter((category) => category !== undefined);
    if (many && !options.instance_id) {
      refuse("InstanceIDNotProvidedError", "Several categories take an instance_id.");
    }
    if (options.instance_id !== undefined && !/^[\w-]+$/.test(options.instance_id)) {
      refuse("InvalidInstanceIDError", "An instance_id takes letters, digits, _ and -.");
    }
    const isPayments = String(session.session_type).toLowerCase() === "payments";
    if (isPayments && !given.every((category) => CATEGORIES.includes(category))) {
      refuse("PaymentMethodCategoryNotSupportedError", "Unknown payment method category.");
    }
    const preferred = options.preferred_payment_method;
    if (preferred !== undefined && !PREFERRED.includes(preferred)) {
      refuse("PreferredPaymentMethodNotSupportedError", "Unknown preferred payment method.");
    }
    return given;
  };
  const containerOf = (given, refuse) => {
    if (given instanceof HTMLElement) return given;
    if (typeof given !== "string") refuse("TypeError", "The container is an element or a selector.");
    let found = null;
    try {
      found = document.querySelector(given);
    } catch {
      // A malformed selector matches nothing.
    }
    return found ?? refuse("InvalidContainerSelectorError", "The selector matches no element.");
  };
  /** `(options, callback)`, `(options, data, callback)` and, as ever, `(data, options, callback)`. */
  const formOf = (given) => {
    const callback = [...given].find((part) => typeof part === "function");
    const objects = [...given].filter((part) => typeof part !== "function").map((part) => part ?? {});
    const isSwapped = "payment_method_category" in (objects[1] ?? {}) || "instance_id" in (objects[1] ?? {});
    const [options = {}, data = {}] = isSwapped ? objects.reverse() : objects;
    return { options, data, callback };
  };

  // --- The methods of Klarna.Payments.
  const open = (token) => {
    const claims = claimsOf(token);
    if (!claims?.["x-demo"]) throw fault("InvalidClientTokenError", "This stand-in takes demo tokens only.");
    if (session && session.token !== token) for (const widget of widgets.values()) widget.isDirty = true;
    session = { ...claims, token };
  };

  function init(options) {
    record("init", arguments);
    open(options?.client_token);
    return window.Klarna.Payments;
  }

  function load() {
    record("load", arguments);
    const { options, callback } = formOf(arguments);
    const refuse = (name, message) => fail(callback, { show_form: false }, fault(name, message));
    if (options.client_token) open(options.client_token);
    if (!session) refuse("ApplicationNotInitializedError", "init comes before load.");
    const categories = checkNames(options, refuse);
    const container = containerOf(options.container, refuse);

    dropRemoved();
    const name = nameOf(options);
    const widget = widgets.get(name) ?? newWidget(name);
    if (widget.isLoading) warn("load-overlap", `load of ${name} before the previous one was answered`);
    if (widget.isDirty) cancelAuthorize(widget); // the embedded app resets itself for another session
    const offered = offeredOf(categories);
    const category = offered[0] ?? categories[0] ?? "klarna";
    Object.assign(widget, { container, category, isDirty: false, isLoading: true });
    widgets.set(name, widget);

    const scenario = queued.load.shift() ?? demo().scenario;
    if (scenario === "load_never") return;
    const answer = (result) => {
      widget.isLoading = false;
      quietly(callback, result);
    };
    setTimeout(() => {
      if (widgets.get(name) !== widget || !container.isConnected) return;
      if (scenario?.show_form === false || scenario === "load_hidden" || offered.length === 0) {
        widget.element?.remove();
        widget.element = null;
        answer(scenario?.show_form === false ? scenario : { show_form: false });
        return;
      }
      const result = scenario?.show_form ? scenario : { show_form: true };
      if (scenario === "load_invalid_fields") result.error = { invalid_fields: INVALID_FIELDS };
      const drawn = (element) => {
        widget.element = element;
        answer(result);
      };
      if (hook.options.static) drawn(drawStatic(widget));
      else drawFrame(widget, drawn);
    }, delay(scenario));
  }

  const AUTHORIZE_SCENARIOS = [
    "approve", "refuse", "abort", "invalid_fields", "finalize_required", "authorize_never", "authorize_throws",
    "slow", "popup_blocked",
  ];
  /** What shall happen, or null to ask in the dialog. */
  const outcomeFor = (data) => {
    if (queued.authorize.length) return queued.authorize.shift();
    if (AUTHORIZE_SCENARIOS.includes(demo().scenario)) return demo().scenario;
    return String(data.billing_address?.email ?? "").includes("+denied") ? "refuse" : null;
  };
  const answerTo = (outcome, widget, options) => {
    if (typeof outcome === "object") return outcome;
    if (outcome === "refuse") return { ...isTurnedDown };
    if (outcome === "abort") return { approved: false, show_form: true };
    if (outcome === "invalid_fields") {
      return { approved: false, show_form: true, error: { invalid_fields: INVALID_FIELDS } };
    }
    widget.awaitsFinalize = outcome === "finalize_required" || options.auto_finalize === false;
    if (widget.awaitsFinalize) return { approved: true, show_form: true, finalize_required: true };
    const token = authorizationToken(widget.category);
    return { approved: true, show_form: true, finalize_required: false, authorization_token: token };
  };

  function authorize() {
    record("authorize", arguments);
    const { options, data, callback } = formOf(arguments);
    dropRemoved();
    const widget = widgets.get(nameOf(options));
    if (!session || !widget?.element) {
      fail(callback, { ...isTurnedDown }, fault("ApplicationNotLoadedError", "load comes before authorize."));
    }
    if (navigator.userActivation?.isActive === false) {
      warn("no-user-activation", "authorize outside the customer's click: a real window would be blocked");
    }
    if (widget.isDirty) warn("authorize-dirty", "authorize after another init without a new load");
    if (widget.isBusy && !hook.options.passThrough) return;
    const outcome = outcomeFor(data);
    if (outcome === "authorize_throws") {
      fail(callback, { ...isTurnedDown }, fault("ApplicationNotLoadedError", "As the scenario wishes."));
    }
    widget.isBusy = true;
    purchase(widget, outcome, options, callback);
  }

  /** Show the screen, wait for the customer or the scenario, close it and answer once. */
  const purchase = (widget, outcome, options, callback) => {
    const isBlocked = outcome === "popup_blocked";
    const isWorking = outcome !== null && !isBlocked;
    let timer = null;
    let close = null;
    const end = () => {
      widget.cancels.delete(cancel);
      clearTimeout(timer);
      close();
    };
    const hidden = () => emit("fullscreenOverlayHidden", widget.name);
    const cancel = () => {
      end();
      hidden();
    };
    const choose = (chosen) => {
      if (!widget.cancels.has(cancel)) return;
      end();
      if (chosen === "authorize_never") return hidden(); // and the widget stays busy for good
      const answer = () => {
        widget.isBusy = false;
        quietly(callback, answerTo(chosen, widget, options));
      };
      (hook.options.callbackBeforeHidden ? [answer, hidden] : [hidden, answer]).forEach((signal) => signal());
    };
    widget.cancels.add(cancel);
    const usesWindow = hook.options.popup && !isBlocked;
    close = (usesWindow && openWindow(widget, choose, isWorking))
      || openDialog(widget, choose, isWorking, isBlocked || usesWindow);
    emit("fullscreenOverlayShown", widget.name);
    if (isWorking) timer = setTimeout(() => choose(outcome), delay(outcome));
  };

  function finalize() {
    record("finalize", arguments);
    const { options, callback } = formOf(arguments);
    const refuse = (name, message) => fail(callback, { ...isTurnedDown }, fault(name, message));
    if (!session) refuse("ApplicationNotInitializedError", "init comes before finalize.");
    const widget = widgets.get(nameOf(options));
    if (!widget?.element) refuse("ApplicationNotLoadedError", "load comes before finalize.");
    const outcome = queued.authorize.shift() ?? (widget.awaitsFinalize ? "approve" : "refuse");
    setTimeout(() => quietly(callback, answerTo(outcome, widget, {})), delay(outcome));
  }

  function reauthorize() {
    record("reauthorize", arguments);
    const { options, data, callback } = formOf(arguments);
    const refuse = (name, message) => fail(callback, { ...isTurnedDown }, fault(name, message));
    if (!session) refuse("ApplicationNotInitializedError", "init comes before reauthorize.");
    const [category] = offeredOf(checkNames(options, refuse));
    const outcome = category ? (outcomeFor(data) ?? "approve") : "refuse";
    if (outcome === "authorize_never") return;
    const widget = { ...newWidget("payments"), category };
    setTimeout(() => quietly(callback, answerTo(outcome, widget, {})), delay(outcome));
  }

  function loadPaymentReview() {
    record("loadPaymentReview", arguments);
    const { callback } = formOf(arguments);
    const name = session ? "OperationNotSupportedError" : "ApplicationNotInitializedError";
    fail(callback, { show_form: false }, fault(name, "There is no payment review in Sweden."));
  }

  function on(name, handler) {
    record("on", arguments);
    const registered = handlers.get(name);
    if (!registered) throw fault("EventNotSupportedError", "Unknown event.");
    if (registered.includes(handler)) warn("handler-leaked", `one handler of ${name} was registered twice`);
    registered.push(handler);
  }

  function off(name, handler) {
    record("off", arguments);
    const registered = handlers.get(name);
    if (registered) handlers.set(name, handler ? registered.filter((one) => one !== handler) : []);
  }

  // --- The globals. An existing window.Klarna is extended; the older names share the state of the one in
  // use.
  if (window.Klarna?.__stub) warn("loaded-twice", "evaluated twice: the state of the first time is lost");
  const methods = { init, load, loadPaymentReview, authorize, reauthorize, finalize, on, off };
  const klarna = (window.Klarna ??= {});
  for (const name of ["Payments", "Credit", "DirectDebit", "DirectBankTransfer"]) {
    klarna[name] = { ...methods };
  }
  klarna.__stub = true;
  if (typeof window.klarnaAsyncCallback === "function") window.klarnaAsyncCallback();
})();
