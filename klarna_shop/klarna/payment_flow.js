// One payment in one container: obeys the state machine, calls the SDK, keeps time, reports outcomes.

import { keepApproval, takeApproval } from "./kept_approval.js";
import { authorize, finalize, load, loadKlarna } from "./sdk_calls.js";
import {
  accepts, isPayable, isUnknownCategory, mayPress, nextStep, readAuthorization, readLoad, resendDelay,
} from "./payment_steps.js";

// A newer session may replace an approval that nobody acknowledged, but not before it was sent this often.
const SENDS_BEFORE_SUPERSEDED = 3;

const sessionOf = ({ sdkUrl, clientToken, sessionFingerprint, categories }) => ({
  sdkUrl, clientToken, sessionFingerprint, categories,
});

const isSameSession = (one, other) =>
  one !== null && one.clientToken === other.clientToken && String(one.categories) === String(other.categories);

export class PaymentFlow {
  /** `onStep(step)` draws; `report(name, payload)` raises one of the component's events. */
  constructor(onStep, report) {
    this.onStep = onStep;
    this.report = report;
    this.step = "waiting";
    this.props = {};
    this.container = null;
    this.payments = null;
    this.session = null;
    this.category = ""; // of the session's categories, the one that was loaded last
    this.run = 0; // answers of an older run are foreign
    this.busy = false; // set in the click itself, before anything can be drawn
    this.retries = 0;
    this.timers = new Map();
    this.approval = null;
  }

  attach(container) {
    this.container = container;
    window.addEventListener("pageshow", this.onPageShow);
    window.addEventListener("online", this.onOnline);
    window.addEventListener("beforeunload", this.onBeforeUnload);
    const approval = takeApproval(this.props.sessionFingerprint);
    if (approval) this.takeUp(approval);
    else this.consider();
  }

  /** Go on with an approval that an earlier component left. */
  takeUp(approval) {
    this.approval = approval;
    this.session = approval.session;
    this.busy = true;
    this.step = "approved";
    this.onStep(this.step);
    if (this.isAcknowledged()) this.acknowledge();
    else this.resend();
  }

  // Script and frames are left to the SDK, which has no way to unload; removing the container is enough.
  detach() {
    this.run += 1;
    this.container = null;
    this.session = null;
    this.busy = false;
    for (const name of [...this.timers.keys()]) this.stopTimer(name);
    window.removeEventListener("pageshow", this.onPageShow);
    window.removeEventListener("online", this.onOnline);
    window.removeEventListener("beforeunload", this.onBeforeUnload);
    this.step = "waiting";
    if (this.approval) keepApproval(this.approval);
    this.approval = null;
  }

  /** Take the props of the latest render. */
  update(props) {
    const retried = (props.retry ?? 0) !== (this.props.retry ?? 0);
    this.props = props;
    if (!this.container) return;
    if (this.isAcknowledged()) this.acknowledge();
    if (retried && this.step === "failed") this.restart();
    else this.consider();
  }

  /** Open the session of the props, if it is another one and the step lets go of the current. */
  consider() {
    const wanted = sessionOf(this.props);
    if (isSameSession(this.session, wanted)) return;
    if (!wanted.clientToken) {
      if (accepts(this.step, "end")) this.end();
    } else if (!isPayable(this.props)) {
      return; // until the server unlocks it
    } else if (accepts(this.step, "begin")) {
      this.begin(wanted);
    } else if (this.approval?.sent >= SENDS_BEFORE_SUPERSEDED) {
      this.approval = null;
      this.stopTimer("resend");
      this.go("superseded");
      this.begin(wanted);
    }
  }

  /** Load anew with the same session. */
  restart() {
    this.session = null;
    this.consider();
  }

  end() {
    this.run += 1;
    this.session = null;
    this.stopTimer("load");
    this.go("end");
  }

  begin(session) {
    const run = ++this.run;
    const isCurrent = () => run === this.run;
    this.session = session;
    this.busy = false;
    this.stopTimer("authorize");
    this.go("begin");
    this.startLoadTimer();
    loadKlarna(session.sdkUrl).then(
      (payments) => {
        // React's strict mode attaches twice; the first run ends here, before it has touched the SDK.
        if (!isCurrent()) return;
        this.payments = payments;
        this.loadFirst(session.categories, isCurrent);
      },
      () => isCurrent() && this.unavailable("script"),
    );
  }

  /** Load the first of these categories; the rest are for where Klarna hides it. */
  loadFirst([category, ...rest], isCurrent) {
    const { session } = this;
    const loaded = (outcome) => isCurrent() && this.loaded(outcome, rest, isCurrent);
    this.category = category;
    load(
      this.payments, { ...session, category }, this.container, rest.length + 1 === session.categories.length,
      {
        answered: (result) => loaded(readLoad(result)),
        threw: (name) => {
          if (isUnknownCategory(name)) loaded({ event: "hidden" });
          else if (isCurrent()) this.unavailable("threw", name);
        },
        trace: this.tracing(session),
      },
    );
  }

  loaded({ event, invalidFields }, rest, isCurrent) {
    if (!accepts(this.step, event)) return;
    if (event === "hidden" && rest.length) {
      this.go("begin"); // after the time was up, the widget is on its way again
      this.startLoadTimer();
      this.loadFirst(rest, isCurrent);
      return;
    }
    this.stopTimer("load");
    this.go(event);
    if (event === "ready") this.tell("onReady", this.session, { category: this.category });
    else this.tell("onHidden", this.session);
    if (invalidFields?.length) this.tell("onInvalidFields", this.session, { invalidFields });
  }

  unavailable(reason, name = "") {
    if (!accepts(this.step, "unavailable")) return;
    this.stopTimer("load");
    this.go("unavailable");
    this.tell("onUnavailable", this.session, { reason, name });
  }

  /** The order button's click. Klarna's window opens only for a call in the same tick, so it is first. */
  press() {
    if (this.busy || !mayPress(this.step, this.props)) return;
    if (!isSameSession(this.session, sessionOf(this.props))) return;
    this.busy = true;
    const { run } = this;
    const session = { ...this.session, category: this.category }; // with exactly what was loaded
    const settle = (outcome) => this.settle(run, session, outcome);
    authorize(
      this.payments, session,
      {
        answered: (result) => settle(readAuthorization(result)),
        threw: (name) => settle({ event: "failed", name }),
        trace: this.tracing(session),
      },
    );
    this.go("press");
    this.startTimer("authorize", this.props.authorizeTimeoutMs, () => this.late());
    this.tell("onAuthorizeStarted", session);
  }

  late() {
    this.go("late");
    this.tell("onLate", this.session);
    this.consider();
  }

  settle(run, session, outcome) {
    if (run !== this.run) {
      // The page has moved on, yet somebody approved: the server decides what that is worth.
      if (outcome.event === "approved") this.tellApproved(session, outcome.authorizationToken);
      return;
    }
    if (outcome.event === "finalize") {
      this.finalize(run, session);
      return;
    }
    if (!accepts(this.step, outcome.event)) return;
    this.stopTimer("authorize");
    this.busy = outcome.event === "approved";
    this.go(outcome.event);
    this.deliver(session, outcome);
    this.consider();
  }

  /** Asked for without our wish, since we authorize on the last step: the second half follows at once. */
  finalize(run, session) {
    // Being asked to finalize again makes no sense: without a token there is nothing to order with.
    const once = (outcome) =>
      outcome.event === "finalize" ? { event: "broken", name: "MissingAuthorizationToken" } : outcome;
    finalize(
      this.payments, session,
      {
        answered: (result) => this.settle(run, session, once(readAuthorization(result))),
        threw: (name) => this.settle(run, session, { event: "failed", name }),
        trace: this.tracing(session),
      },
    );
  }

  deliver(session, { event, authorizationToken, invalidFields, name }) {
    if (event === "approved") this.sendApproval(session, authorizationToken);
    else if (event === "aborted") this.tell("onAborted", session);
    else if (event === "invalidFields") this.tell("onInvalidFields", session, { invalidFields });
    else if (event === "refused") this.tell("onRefused", session);
    else this.tell("onError", session, { name });
  }

  sendApproval(session, authorizationToken) {
    this.approval = { session, authorizationToken, sent: 0 };
    this.resend();
  }

  /** Send the approval until the server says that it has stored it: the socket may be down right now. */
  resend() {
    const { approval } = this;
    if (!approval) return;
    approval.sent += 1;
    this.tellApproved(approval.session, approval.authorizationToken);
    this.startTimer("resend", resendDelay(approval.sent, this.props.resendMs), () => this.resend());
    this.consider();
  }

  isAcknowledged() {
    const { acknowledged, redirectUrl } = this.props;
    if (!this.approval) return false;
    return Boolean(redirectUrl) || acknowledged === this.approval.session.sessionFingerprint;
  }

  acknowledge() {
    this.approval = null; // the token is not kept a moment longer than needed
    this.stopTimer("resend");
    this.go("acknowledged");
  }

  tellApproved(session, authorizationToken) {
    this.tell("onAuthorized", session, { authorizationToken });
  }

  tell(name, session, details = {}) {
    this.report(name, { sessionFingerprint: session.sessionFingerprint ?? "", ...details });
  }

  tracing(session) {
    return (facts) => this.tell("onSdkAnswer", session, facts);
  }

  go(event) {
    this.step = nextStep(this.step, event);
    this.onStep(this.step);
  }

  startLoadTimer() {
    this.startTimer("load", this.props.loadTimeoutMs, () => this.unavailable("timeout"));
  }

  startTimer(name, milliseconds, action) {
    this.stopTimer(name);
    this.timers.set(name, setTimeout(action, milliseconds));
  }

  stopTimer(name) {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  // Back from the browser's cache: the frames are stale; what the server thinks comes with its next props.
  onPageShow = (event) => {
    if (event.persisted && accepts(this.step, "end")) this.restart();
  };

  onOnline = () => {
    if (this.approval) this.resend();
  };

  onBeforeUnload = (event) => {
    if (this.approval) event.preventDefault();
  };
}
