// The first script of every page. What a browser may deny (a policy, a private window, a sandboxed frame, a
// full disk) is made harmless before any other code asks for it, and a page that does not get going says why.
(() => {
  const root = document.documentElement;
  const attempt = (act, otherwise) => {
    try {
      return act();
    } catch {
      return otherwise;
    }
  };

  const describe = Object.getOwnPropertyDescriptor;
  const define = (owner, name, what) =>
    attempt(() => Object.defineProperty(owner, name, { configurable: true, ...what }));

  // Why the page does not get going: the sentence for each reason is in the page, and shown by the style sheet.
  const page = (window.shopPage = {
    hasStarted: false,
    hinder(reason) {
      if (reason) root.dataset.hindrance = reason;
      else delete root.dataset.hindrance;
    },
  });

  // Storage: what cannot be kept is remembered for as long as the document lives.
  const memories = new WeakMap();
  const memoryOf = (storage) => {
    if (!memories.has(storage)) memories.set(storage, new Map());
    return memories.get(storage);
  };
  const { getItem, setItem, removeItem, clear, key } = Storage.prototype;
  const length = describe(Storage.prototype, "length");
  attempt(() => Object.assign(Storage.prototype, {
    getItem(name) {
      return memoryOf(this).get(String(name)) ?? attempt(() => getItem.call(this, name), null);
    },
    setItem(name, value) {
      const memory = memoryOf(this);
      const isKept = attempt(() => (setItem.call(this, name, value), true), false);
      if (isKept) memory.delete(String(name));
      else memory.set(String(name), String(value));
    },
    removeItem(name) {
      memoryOf(this).delete(String(name));
      attempt(() => removeItem.call(this, name));
    },
    clear() {
      memoryOf(this).clear();
      attempt(() => clear.call(this));
    },
    key(index) {
      return attempt(() => key.call(this, index), null);
    },
  }));
  define(Storage.prototype, "length", {
    get() {
      return attempt(() => length.get.call(this), memoryOf(this).size);
    },
  });
  for (const name of ["localStorage", "sessionStorage"]) {
    if (attempt(() => window[name], null)) continue;
    define(window, name, { value: Object.create(Storage.prototype) });
  }

  // Everything else that the pages' code calls without asking first.
  const tolerate = (owner, name, otherwise) => {
    const native = owner[name];
    owner[name] = function (...given) {
      return attempt(() => native.apply(this, given), otherwise);
    };
  };
  tolerate(History.prototype, "replaceState");
  tolerate(window, "matchMedia", { matches: false, addEventListener() {}, removeEventListener() {} });
  // On the document itself, where an extension may have put its own: whatever it does, no page dies of it.
  const cookie = describe(document, "cookie") ?? describe(Document.prototype, "cookie");
  const cookies = {
    get: () => attempt(() => cookie.get.call(document), "") ?? "",
    set: (value) => attempt(() => cookie.set.call(document, value)),
  };
  define(document, "cookie", cookies);
  // `navigator.cookieEnabled` is true also where a policy takes no cookie.
  cookies.set("kept=1; SameSite=Lax");
  if (!/\bkept=1/.test(cookies.get())) root.dataset.cookies = "refused";
  cookies.set("kept=; Max-Age=0; SameSite=Lax");

  addEventListener("load", () => setTimeout(() => page.hasStarted || page.hinder("scripts"), 5000));
  addEventListener("click", (event) => {
    const act = event.target.closest?.("[data-hindrance-act]")?.dataset.hindranceAct;
    if (act === "reload") location.reload();
    else if (act === "close") page.hinder("");
  });
})();
