// A preview's page inside its frame: what it is a preview of, how it looks, and links that stay in it.
import { useEffect, useState } from "react";

const QUERY = "preview";
// Front pages and articles; everything else has no preview.
const PREVIEWED = /^(\/[a-z]{2})?(\/article\/[^/]+)?\/?$/;

const STRIP = {
  position: "sticky",
  insetBlockStart: 0,
  zIndex: 5,
  padding: "4px 12px",
  background: "#5b2a86",
  color: "#fff",
  font: "600 13px/1.4 system-ui, sans-serif",
  textAlign: "center",
};

export function PreviewTools({ label, fault, blocked, appearance, textSize }) {
  const [notice, setNotice] = useState("");
  useEffect(() => dress(appearance), [appearance]);
  useEffect(() => {
    document.documentElement.style.fontSize = textSize === 200 ? "200%" : "";
  }, [textSize]);
  useEffect(() => stayInside(() => setNotice(blocked)), [blocked]);
  return (
    <div style={STRIP} role="status" data-testid="preview-strip" data-fault={fault ? "true" : "false"}>
      {fault || <span lang="en">{label}</span>}
      {notice && <div style={{ fontWeight: 400 }}>{notice}</div>}
    </div>
  );
}

// The page's own choice of light or dark is kept where all frames share it, so it is covered here instead.
function dress(appearance) {
  if (!appearance) return undefined;
  const root = document.documentElement;
  const wear = () => {
    if (root.classList.contains(appearance) && root.style.colorScheme === appearance) return;
    root.classList.remove("light", "dark");
    root.classList.add(appearance);
    root.style.colorScheme = appearance;
  };
  wear();
  const watcher = new MutationObserver(wear);
  watcher.observe(root, { attributes: true, attributeFilter: ["class", "style"] });
  return () => watcher.disconnect();
}

function stayInside(refuse) {
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const onClick = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) {
      if (event.target.closest?.('[data-testid="theme-switch"]')) {
        stop(event);
        refuse();
      }
      return;
    }
    const target = new URL(link.href, window.location.href);
    const here = window.location;
    const isPlace = target.pathname === here.pathname && target.hash && !target.search;
    if (link.target === "_blank" || (link.getAttribute("href").startsWith("#") && isPlace)) return;
    stop(event);
    if (target.origin !== here.origin || !PREVIEWED.test(target.pathname)) {
      refuse();
      return;
    }
    target.searchParams.set(QUERY, new URLSearchParams(here.search).get(QUERY));
    here.assign(target);
  };
  const onSubmit = (event) => {
    stop(event);
    refuse();
  };
  // On the window, so that neither router nor form hears of it first.
  window.addEventListener("click", onClick, true);
  window.addEventListener("auxclick", onClick, true);
  window.addEventListener("submit", onSubmit, true);
  return () => {
    window.removeEventListener("click", onClick, true);
    window.removeEventListener("auxclick", onClick, true);
    window.removeEventListener("submit", onSubmit, true);
  };
}
