// node bundle.mjs <node_modules> <component.jsx> <harness.jsx> <output.js>
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, component, input, file] = process.argv.slice(2);
const { resolve } = createRequire(join(modules, "_"));
const { rolldown } = await import(pathToFileURL(resolve("rolldown")));
const bundle = await rolldown({
  input,
  platform: "browser",
  resolve: { alias: { component }, modules: [modules] },
  // React's strict mode does its double mounting in development builds only.
  transform: { jsx: "react-jsx", define: { "process.env.NODE_ENV": '"development"' } },
  logLevel: "warn",
});
await bundle.write({ file, format: "iife" });
