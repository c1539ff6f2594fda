// What a visitor downloads, as it is and compressed.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const GROUPS = [
  ["wasm, worker", /worker_bg\.wasm$/],
  // A visitor gets one of the two.
  ["worker with relaxed SIMD", /worker-relaxed_bg\.wasm$/],
  ["wasm, page", /page.*\.wasm$/],
  ["JavaScript", /\.js$/],
  ["HTML and CSS", /\.(html|css)$/],
  ["fonts", /\.woff2$/],
  ["model", /models\/.*\.gguf$/],
];

/** Bytes of each group of files: raw, by gzip -9 and by brotli -11 (-5 for the model, which hardly shrinks). */
export async function sizes(folder) {
  const names = (await readdir(folder, { recursive: true })).map(name => name.replaceAll("\\", "/"));
  const groups = [];
  for (const [group, pattern] of GROUPS) {
    const sum = { group, raw: 0, gzip: 0, brotli: 0 };
    for (const name of names.filter(name => pattern.test(name))) {
      const bytes = await readFile(join(folder, name));
      sum.raw += bytes.length;
      sum.gzip += gzipSync(bytes, { level: 9 }).length;
      sum.brotli += brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: group === "model" ? 5 : 11 },
      }).length;
    }
    groups.push(sum);
  }
  return groups;
}
