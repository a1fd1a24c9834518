// Klarna's browser SDK as this component sees it: loaded once per document, one outcome per call.

let loading = null;

/**
 * Resolve with `Klarna.Payments`, inserting the script when the document does not have it yet.
 *
 * A slow script is left to arrive and shared by the next attempt: a second evaluation would replace the
 * first one's state. Only a script that failed is dropped, so that a retry can fetch it anew.
 */
export function loadKlarna(url) {
  if (window.Klarna?.Payments) return Promise.resolve(window.Klarna.Payments);
  loading ??= insertScript(url).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

function insertScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      script.remove();
      reject(new Error("Klarna's script could not be loaded"));
    };
    script.src = url;
    script.async = true;
    // An HTML error page answered with 200 also "loads"; only the global tells.
    script.onload = () => (window.Klarna?.Payments ? resolve(window.Klarna.Payments) : fail());
    script.onerror = fail;
    document.head.append(script);
  });
}

/**
 * Run one SDK call and report exactly one outcome, never before this function has returned.
 *
 * On misuse the SDK calls back with a refusal and then throws. The refusal would be a lie, so an answer
 * given during the call is held until the call has ended, and a throw wins over it. `trace` is told after the
 * outcome is: watching a call must not hold it up.
 */
function callOnce(name, call, { answered, threw, trace }) {
  const began = performance.now();
  const traced = (facts) => trace({ call: name, milliseconds: performance.now() - began, ...facts });
  let done = false;
  let during = true;
  let held = null;
  const settle = (deliver) => {
    if (done) return;
    done = true;
    queueMicrotask(deliver);
  };
  const answer = (result) => {
    answered(result);
    traced(factsOf(result));
  };
  const callback = (result) => {
    if (during) held ??= { result };
    else settle(() => answer(result));
  };
  try {
    call(callback);
    during = false;
    if (held) settle(() => answer(held.result));
  } catch (error) {
    settle(() => {
      threw(errorName(error));
      traced({ error: errorName(error) });
    });
  }
}

/** What an answer said yes or no to, and which fields it objects to. Never the token. */
function factsOf(result) {
  const { show_form: showForm, approved, finalize_required: finalizeRequired, error, Error: older } = result ?? {};
  const answered = Object.entries({ showForm, approved, finalizeRequired });
  const facts = Object.fromEntries(answered.filter(([, value]) => typeof value === "boolean"));
  const fields = (error ?? older)?.invalid_fields;
  return Array.isArray(fields) ? { ...facts, invalidFields: fields.map(String) } : facts;
}

const errorName = (error) => String(error?.name || "Error");

// An empty category is left out: Klarna then shows the methods of the session.
const optionsFor = (category) => (category ? { payment_method_category: category } : {});

/** Load the widget; a session's first load opens the session before. */
export function load(payments, { clientToken, category }, container, isFirst, outcome) {
  callOnce(
    "load",
    (callback) => {
      if (isFirst) payments.init({ client_token: clientToken });
      payments.load({ container, ...optionsFor(category) }, callback);
    },
    outcome,
  );
}

// `{}`: what is sent here must equal what Payway sends when the order is made; empty equals anything.
export function authorize(payments, { category }, outcome) {
  callOnce(
    "authorize",
    (callback) => payments.authorize(optionsFor(category), {}, callback),
    outcome,
  );
}

export function finalize(payments, { category }, outcome) {
  callOnce(
    "finalize",
    (callback) => payments.finalize(optionsFor(category), {}, callback),
    outcome,
  );
}
