// What the shop's page does around the component: gives props, hears events, comes and goes.
import { KlarnaPayment } from "component";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

const EVENTS = [
  "onReady", "onUnavailable", "onHidden", "onAuthorizeStarted", "onAuthorized", "onAborted",
  "onInvalidFields", "onRefused", "onLate", "onError",
];
const TEXTS = {
  button: "Order and pay", retry: "Try again", loading: "Loading", authorizing: "Continue in the window",
  late: "No answer yet", do_not_close: "Do not close this page", placing: "Placing the order",
  hidden: "Not available", failed: "Could not be loaded", blocked_hint: "Is something blocking it?",
  locked: "Not payable", delayed: "Longer than usual", paid: "Paid, going on",
};

const shop = {
  events: [],
  answers: [],
  props: {},
  root: null,
  mount(props) {
    shop.props = {
      sdkUrl: "/sdk.js", categories: ["pay_now"], sessionFingerprint: "first", texts: TEXTS,
      describedBy: "summary", resendMs: 100, ...props,
    };
    shop.root = createRoot(document.getElementById("root"));
    shop.draw();
  },
  set(props) {
    Object.assign(shop.props, props);
    shop.draw();
  },
  draw() {
    const handlers = EVENTS.map((name) => [name, (payload) => shop.events.push({ ...payload, event: name })]);
    shop.root.render(
      <StrictMode>
        <KlarnaPayment
          {...shop.props}
          {...Object.fromEntries(handlers)}
          onSdkAnswer={(payload) => shop.answers.push(payload)}
        />
      </StrictMode>,
    );
  },
  unmount() {
    shop.root.unmount();
  },
};
window.shop = shop;
