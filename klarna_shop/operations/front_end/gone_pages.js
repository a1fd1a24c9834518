// Makes React Router load the page that was asked for when its part of the bundle is gone. By itself it loads
// the page it is on again, and the press is lost.
const BEFORE = "window.location.reload();";
const AFTER = `
  const wanted = window.__reactRouterDataRouter?.state.navigation.location;
  if (wanted) window.location.assign(wanted.pathname + wanted.search + wanted.hash);
  else window.location.reload();
`;

export default function gonePages() {
  let isChanged = false;
  return {
    name: "gone-pages",
    apply: "build",
    applyToEnvironment: (environment) => environment.name === "client",
    transform(code, id) {
      if (!/react-router.+\/routeModules\.js$/.test(id)) return null;
      if (code.split(BEFORE).length !== 2) this.error(`React Router no longer has one ${BEFORE}`);
      isChanged = true;
      return { code: code.replace(BEFORE, AFTER), map: null };
    },
    buildEnd(error) {
      if (!error && !isChanged) this.error("React Router's routeModules.js is no longer part of the bundle");
    },
  };
}
