import { useEffect, useRef, useState } from "react";

import { PaymentFlow } from "./payment_flow.js";
import { isBusy, mayPress, widgetStatus } from "./payment_steps.js";

const DEFAULTS = {
  categories: [""],
  loadTimeoutMs: 15_000,
  authorizeTimeoutMs: 300_000,
  resendMs: 2_000,
  delayedMs: 8_000,
  leaveMs: 3_000,
};

// step -> key of `texts`; a step without one says nothing.
const TEXT_OF_STEP = {
  loading: "loading",
  authorizing: "authorizing",
  late: "late",
  approved: "do_not_close",
  placing: "placing",
  hidden: "hidden",
  failed: "failed",
};

// Milliseconds after a step began. Klarna's window takes the focus and goes away at its own time.
const FOCUS_CHECKS = [0, 300, 1_000];

const withDefaults = (props) => {
  const given = Object.entries(props).filter(([, value]) => value !== undefined && value !== null);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
};

/** A handler that throws must neither unlock the button nor reach the SDK. */
const safely = (handler, payload) => {
  try {
    handler?.(payload);
  } catch (error) {
    console.error("A handler of the payment failed", error?.name);
  }
};

/** Klarna's widget and the order button: one component, since authorize has to run in the click itself. */
export function KlarnaPayment(given) {
  const props = withDefaults(given);
  const latest = useRef(props);
  latest.current = props;
  const [step, setStep] = useState("waiting");
  const container = useRef(null);
  const flow = useRef(null);
  flow.current ??= new PaymentFlow(setStep, (name, payload) => safely(latest.current[name], payload));

  useEffect(() => {
    const { current } = flow;
    current.update(latest.current);
    current.attach(container.current);
    return () => current.detach();
  }, []);
  // Every render: the flow compares for itself, and handlers and texts make no difference to it.
  useEffect(() => flow.current.update(latest.current));
  useRedirect(props.redirectUrl, props.continueUrl, props.leaveMs);

  const { texts = {}, locked } = props;
  const { button, said } = useFocusOfPress(step);
  const isDelayed = useDelay(["approved", "placing"].includes(step), props.delayedMs);
  const status = widgetStatus(step);
  const usual = step === "waiting" && locked ? texts.locked : texts[TEXT_OF_STEP[step]];
  const message = (props.redirectUrl && texts.paid) || (isDelayed && texts.delayed) || usual;
  return (
    <div className="klarna-payment" data-step={step}>
      {/* Never conditional and always without children: what is inside belongs to the SDK. */}
      <div
        ref={container}
        className="klarna-payment__widget"
        data-testid="klarna-widget"
        data-status={status}
        hidden={status === "hidden" || status === "failed"}
      />
      <p
        ref={said}
        className="klarna-payment__message"
        role="status"
        tabIndex={-1}
        data-testid="klarna-message"
      >
        {message}
      </p>
      <div className="klarna-payment__failure" hidden={step !== "failed"}>
        <p className="klarna-payment__hint">{texts.blocked_hint}</p>
        <button
          type="button"
          className="klarna-payment__retry"
          data-testid="klarna-retry"
          disabled={Boolean(locked)}
          onClick={() => flow.current.restart()}
        >
          {texts.retry}
        </button>
      </div>
      <button
        ref={button}
        type="button"
        className="klarna-payment__button"
        data-testid="checkout-buy"
        disabled={!mayPress(step, props)}
        aria-busy={isBusy(step)}
        aria-describedby={props.describedBy || undefined}
        onClick={() => flow.current.press()}
      >
        {texts.button}
      </button>
    </div>
  );
}

/**
 * Leave with a full page load; a router's redirect would look for the address among our own pages. Where the
 * page is still there after a while (the browser refuses the address, the answer is empty or a download), or
 * is shown again by Back, go on to `next` and leave no entry in the history that leads here.
 */
function useRedirect(address, next, milliseconds) {
  // An address that was there from the start belongs to an earlier payment of this tab.
  const followed = useRef(address);
  const goOn = useRef(null);
  goOn.current = () => isWebAddress(next) && window.location.replace(next);
  useEffect(() => {
    if (!address || followed.current === address) return undefined;
    followed.current = address;
    const onPageShow = ({ persisted }) => persisted && goOn.current();
    const timer = setTimeout(() => goOn.current(), leave(address) ? milliseconds : 0);
    window.addEventListener("pageshow", onPageShow);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pageshow", onPageShow);
    };
  }, [address]);
}

/** True if the browser has at least begun to load the address. */
function leave(address) {
  if (!isWebAddress(address)) return false;
  try {
    window.location.assign(address);
    return true;
  } catch {
    return false;
  }
}

function isWebAddress(address) {
  if (!address) return false;
  try {
    return ["http:", "https:"].includes(new URL(address, window.location.href).protocol);
  } catch {
    return false;
  }
}

/**
 * A disabled button loses the focus. It goes to what is said meanwhile, unless Klarna's window has it; and
 * back to the button, once that works again: whoever closed the window should stand where they pressed.
 */
function useFocusOfPress(step) {
  const button = useRef(null);
  const said = useRef(null);
  const before = useRef(step);
  useEffect(() => {
    const wasPaying = ["authorizing", "late"].includes(before.current);
    before.current = step;
    const isFree = () => [null, document.body, button.current, said.current].includes(document.activeElement);
    if (wasPaying && step === "ready" && isFree()) button.current?.focus();
    if (!isBusy(step)) return undefined;
    const toWhatIsSaid = () => {
      if (isFree()) said.current?.focus();
    };
    const checks = FOCUS_CHECKS.map((after) => setTimeout(toWhatIsSaid, after));
    return () => checks.forEach(clearTimeout);
  }, [step]);
  return { button, said };
}

/** Whether something has been going on for so long. */
function useDelay(isGoingOn, milliseconds) {
  const [isDelayed, setDelayed] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return undefined;
    const timer = setTimeout(() => setDelayed(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setDelayed(false);
    };
  }, [isGoingOn, milliseconds]);
  return isDelayed;
}
