import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

// What the heads of all pages have in common.
const head = {
  name: "head",
  transformIndexHtml: {
    order: "pre", // of what it names, too, the build makes assets
    handler: (html) => html.replace("<head>", `<head>\n${readFileSync("src/design/head.html")}`),
  },
};

// Every page is an entry of its own; what two of them share becomes a file that both load.
export default defineConfig({
  plugins: [head],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the Content-Security-Policy lets nothing be inline
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: ["index.html", "not_set_up.html", "console.html"] },
  },
});
