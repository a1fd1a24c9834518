// How a page reaches the server: over a WebSocket, or where a network lets none through over plain requests
// ("long polling"). Until one of them has opened they take turns; the one that did is kept for the tab.

const KEY = "transport";
const SECONDS_TO_REASON = 5;
const FIRST_TIMEOUT = 3000;
const TIMEOUT = 20_000;
const WAYS = ["websocket", "polling"];

let attempt = 0;
let opened = "";

if (typeof window !== "undefined") {
  attempt = Math.max(0, WAYS.indexOf(window.sessionStorage.getItem(KEY)));
  window.shopPage.hasStarted = true;
  setTimeout(() => opened || window.shopPage.hinder("connection"), SECONDS_TO_REASON * 1000);
}

/** The transports for the next attempt, as Socket.IO's client takes them. */
export const transports = () => [opened || WAYS[attempt % WAYS.length]];

/** Milliseconds for the next attempt: a network that swallows it says nothing. */
export const connectTimeout = () => (opened ? TIMEOUT : Math.min(TIMEOUT, FIRST_TIMEOUT * (1 + attempt)));

/** An attempt of this socket has failed: its next one is made the other way, if none has opened yet. */
export const afterFailure = (socket) => {
  if (!opened) attempt += 1;
  socket.io.opts.transports = transports();
  socket.io.timeout(connectTimeout());
};

export const afterOpening = (socket) => {
  opened = socket.io.engine.transport.name;
  window.sessionStorage.setItem(KEY, opened);
  socket.io.timeout(TIMEOUT);
  if (document.documentElement.dataset.hindrance === "connection") window.shopPage.hinder("");
};
