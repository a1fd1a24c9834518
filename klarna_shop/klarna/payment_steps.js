// The state machine of one payment, and how Klarna's answers are read. Pure: no window, no timers, no React.

// step -> event -> next step. An event that a step does not list changes nothing, which is what makes
// late, doubled and foreign answers harmless.
const TABLE = {
  // Nothing to show yet: no client token, or the server says that this purchase is not payable now.
  waiting: { begin: "loading" },
  loading: { begin: "loading", end: "waiting", ready: "ready", hidden: "hidden", unavailable: "failed" },
  ready: { begin: "loading", end: "waiting", press: "authorizing" },
  // Klarna's flow is open. No `begin`: a new session has to wait for the outcome of this one.
  authorizing: {
    approved: "approved", aborted: "ready", invalidFields: "ready", refused: "hidden",
    broken: "ready", failed: "failed", late: "late",
  },
  // No answer for minutes. An answer still counts; a new session is the customer's way out.
  late: {
    begin: "loading", approved: "approved", aborted: "ready", invalidFields: "ready", refused: "hidden",
    broken: "ready", failed: "failed",
  },
  // The customer has finished and the server may not know it yet.
  approved: { acknowledged: "placing", superseded: "loading" },
  // The server has the authorization; what follows is a redirect, a new session or the end of this one.
  placing: { begin: "loading", end: "waiting" },
  hidden: { begin: "loading", end: "waiting" },
  // A slow load may still answer after its time was up: better late than a dead page.
  failed: { begin: "loading", end: "waiting", ready: "ready", hidden: "hidden" },
};

export const nextStep = (step, event) => TABLE[step][event] ?? step;
export const accepts = (step, event) => event in TABLE[step];

/** `data-status` of the widget's container. */
export const widgetStatus = (step) =>
  ({ waiting: "hidden", loading: "loading", hidden: "hidden", failed: "failed" })[step] ?? "ready";

/** Steps in which the customer or the server is at work and the order button is busy. */
export const isBusy = (step) => ["authorizing", "late", "approved", "placing"].includes(step);

/** Whether the server's props allow this session to be opened in the browser at all. */
export const isPayable = ({ clientToken, sessionFingerprint, locked, acknowledged }) =>
  Boolean(clientToken) && !locked && !(sessionFingerprint && acknowledged === sessionFingerprint);

/** Whether a press on the order button can lead to exactly one order. */
export const mayPress = (step, props) =>
  step === "ready" && isPayable(props) && (!props.consentRequired || Boolean(props.consentGiven));

const invalidFields = (result) => {
  const error = result?.error ?? result?.Error; // the older spelling is still met
  if (!error) return null;
  return Array.isArray(error.invalid_fields) ? error.invalid_fields.map(String) : [];
};

/** Klarna's answer to load, as `{event, invalidFields}`. */
export function readLoad(result) {
  if (!result?.show_form) return { event: "hidden" };
  return { event: "ready", invalidFields: invalidFields(result) };
}

/** True if the SDK threw because of the category: it has no widget for this one, and may have for another. */
export const isUnknownCategory = (errorName) =>
  ["PaymentMethodCategoryNotProvidedError", "PaymentMethodCategoryNotSupportedError"].includes(errorName);

/** Klarna's answer to authorize or finalize, as `{event, ...}`; `finalize` asks for the second half. */
export function readAuthorization(result) {
  const token = result?.authorization_token;
  if (result?.approved) {
    // An approval with show_form:false is undocumented; the token is what counts.
    if (typeof token === "string" && token) return { event: "approved", authorizationToken: token };
    if (result.finalize_required) return { event: "finalize" };
    return { event: "broken", name: "MissingAuthorizationToken" };
  }
  if (!result?.show_form) return { event: "refused" };
  const fields = invalidFields(result);
  return fields ? { event: "invalidFields", invalidFields: fields } : { event: "aborted" };
}

/** Milliseconds before sending an unacknowledged approval for the `sent`-th time again. */
export const resendDelay = (sent, first) => Math.min(first * 2 ** (sent - 1), 8 * first);
