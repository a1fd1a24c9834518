// What is left when a page fails: it is drawn once more, then said in the page's language, with what became of the
// money and how to go on. The server's log hears of it once, under the reference that the reader sees.
import { Component, Fragment, createElement as h } from "react";
import { useRouteError } from "react-router";
import words from "$/utils/last_page_words.json";

const LONGEST_REPORT = 200;

const newReference = () => Math.random().toString(16).slice(2).padEnd(8, "0").slice(0, 8);

let reference = "";

/** Report the first failure of this document; its reference. */
const report = (error) => {
  if (reference || typeof window === "undefined") return reference;
  reference = newReference();
  const said = `${error?.name ?? "Error"}: ${error?.message ?? error}`.split("\n")[0].slice(0, LONGEST_REPORT);
  const body = JSON.stringify({ reference, path: window.location.pathname, words: said });
  fetch("/page-errors", { method: "POST", body, keepalive: true, headers: { "Content-Type": "application/json" } })
    .catch(() => {}); // without a network the reader still has the reference
  return reference;
};

const wordsHere = () => {
  const [first, second] = window.location.pathname.replace(/^\/+/, "").split("/");
  if (first === "studio" || first === "preview") return words.studio;
  const { pages, prefix } = words.languages.find(({ prefix }) => prefix === first) ?? words.languages[0];
  const page = prefix ? second : first;
  return { ...pages, money: words.buying.includes(page) ? pages.buying : pages.money };
};

const reload = () => window.location.reload();

function Words() {
  const here = wordsHere();
  const contact = [
    h("a", { key: "mail", className: "link", href: `mailto:${words.email}` }, words.email),
    words.phone && [" · ", h("span", { key: "phone", className: "last-page__phone" }, words.phone)],
  ];
  return h("main", { className: "stack last-page", lang: here.lang, role: "alert",
    "data-testid": "last-page", "data-reference": reference },
    h("title", null, here.title),
    h("h1", { className: "page__title" }, here.title),
    h("p", null, here.sentence),
    h("p", null, here.money),
    h("div", { className: "button-row" },
      h("button", { type: "button", className: "button button--primary", onClick: reload }, here.reload),
      h("a", { className: "button button--secondary", href: here.home }, here.to_home)),
    h("p", { className: "hint" }, here.contact, " ", ...contact, ". ", here.quote, " ", h("code", null, reference)));
}

/** Around everything that a page shows. */
export class LastPage extends Component {
  constructor(props) {
    super(props);
    this.state = { error: null, round: 0 };
    // React makes `<html>` bare where it draws a whole page anew.
    this.marks = typeof document === "undefined" ? {} : { ...document.documentElement.dataset };
  }

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidMount() {
    const { dataset } = document.documentElement;
    for (const [name, value] of Object.entries(this.marks)) dataset[name] ??= value;
  }

  componentDidCatch(error) {
    report(error);
    // Once: many a failure is over with it, and an approval of Klarna's that was not sent yet is kept.
    if (this.state.round === 0) this.setState({ error: null, round: 1 });
  }

  render() {
    return this.state.error ? h(Words) : h(Fragment, { key: this.state.round }, this.props.children);
  }
}

/** In place of the router's own page of errors. */
export function RouteError() {
  report(useRouteError());
  return h(Words);
}
