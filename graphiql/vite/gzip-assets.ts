import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(css|js|json|svg|ttf)$/;

/** Writes a .gz file beside each asset, so that the server never compresses anything itself. */
export function gzipAssets(): Plugin {
  let folder = "";
  return {
    name: "clientela-gzip-assets",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    // After everything is written: the chunks of the workers are only on disk by then.
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (COMPRESSIBLE.test(name)) {
          const file = join(folder, name);
          writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
        }
      }
    },
  };
}
