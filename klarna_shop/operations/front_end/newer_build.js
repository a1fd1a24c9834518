// A page that is older than the server's build: it loads what is new as soon as nothing typed is lost by it.

const isTypedIn = ({ type, value, defaultValue, checked, defaultChecked }) =>
  type === "checkbox" || type === "radio" ? checked !== defaultChecked : value !== defaultValue;

/** True while a reload would take something from the reader: a payment under way, or words typed in. */
export const wouldLose = () =>
  /\/checkout$/.test(window.location.pathname) ||
  [...document.querySelectorAll("input:not([type=hidden]), textarea")].some(isTypedIn);

/** Offer to reload, and let the browser load the next page that is asked for. */
export const offerNewer = () => {
  window.shopPage.isOutdated = true;
  window.shopPage.hinder("newer");
};

// A part that is loaded late is gone: the whole page is loaded, but never in a circle.
if (typeof window !== "undefined") {
  window.addEventListener("vite:preloadError", () => {
    const [loaded] = performance.getEntriesByType("navigation");
    if (loaded?.type === "reload" || wouldLose()) offerNewer();
    else window.location.reload();
  });
}
