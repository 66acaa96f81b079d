import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { gzipAssets } from "./vite/gzip-assets.ts";

export default defineConfig({
  // clientela/explorer.py serves the page at /graphiql and the files at /graphiql/assets/.
  base: "/graphiql/",
  plugins: [react(), gzipAssets()],
  build: {
    outDir: "../clientela/static/graphiql",
    emptyOutDir: true,
    sourcemap: false,
    // The licences of everything that the bundle holds, which ask to be passed on with it.
    license: { fileName: "licenses.md" },
    // Every browser that runs Monaco preloads modules by itself.
    modulePreload: { polyfill: false },
    // The editor is one chunk of some 3 MB however it is cut: the warning would be there always.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      onLog(level, log, report) {
        // GraphiQL's packages carry a directive for the React compiler, which has long been run on them.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") {
          report(level, log);
        }
      },
    },
  },
  worker: { format: "es" },
});
