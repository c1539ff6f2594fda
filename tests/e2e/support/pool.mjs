// A page of its own on which a pool of the built page's workers can be asked.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PAGE = `<!doctype html><html lang="en"><title>Pool</title><script type="module" src="pool.js"></script></html>`;
const SCRIPT = `import init, { PoolProbe, salience } from "./pool_probe.js"; await init(); Object.assign(globalThis, { PoolProbe, salience });`;

/** Puts the pool's page beside the built one. */
export async function lendPool(site, folder) {
  site.lend("pool.html", PAGE);
  site.lend("pool.js", SCRIPT);
  for (const file of ["pool_probe.js", "pool_probe_bg.wasm"]) site.lend(file, await readFile(join(folder, file)));
}

/** Opens the page, of which nothing is asked yet. */
export async function openProbe(context, site) {
  const page = await context.newPage();
  await page.goto(`${site.url()}pool.html`);
  await page.waitForFunction(() => globalThis.PoolProbe);
  return page;
}

/** Opens the page with a pool of so many workers; 0 for as many as the machine runs threads. */
export async function openPool(context, site, workers) {
  const page = await openProbe(context, site);
  await page.evaluate(workers => (globalThis.pool = new PoolProbe(workers)), workers);
  return page;
}

/** The logits of each text, in order. */
export function evaluate(page, texts) {
  return page.evaluate(async texts => (await pool.evaluate(texts)).map(logits => [...logits]), texts);
}
