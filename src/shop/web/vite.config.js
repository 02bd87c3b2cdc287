import { defineConfig } from "vite";

// Every page is an entry of its own; what two of them share becomes a file that both load.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the Content-Security-Policy lets nothing be inline
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: ["index.html", "not_set_up.html", "console.html"] },
  },
});
