// What several workers gain: the same independent inputs with a pool of one and of two, round by round.
import { lendPool, openPool, evaluate } from "../../../tests/e2e/support/pool.mjs";
import { Site } from "../../../tests/e2e/support/site.mjs";

const INPUTS = 64;
const TOKENS = 32;
const ROUNDS = 7;
const PATIENCE = 60_000;

/** Milliseconds for 64 inputs of 32 tokens by the number of workers, and how many times the throughput that is. */
export async function poolFigures(browser, folder, probe) {
  const site = await Site.start(folder);
  try {
    await lendPool(site, probe);
    const texts = Array.from({ length: INPUTS }, (_, number) =>
      Array.from({ length: TOKENS - 2 }, (_, place) => ((number + place) % 3 ? "good" : "film")).join(" "),
    );
    const context = await browser.newContext();
    const pages = [];
    for (const workers of [1, 2]) {
      const page = await openPool(context, site, workers);
      await page.bringToFront();
      // The first job starts the workers.
      await evaluate(page, texts);
      await page.waitForFunction(workers => pool.workers === workers, workers, { timeout: PATIENCE });
      await evaluate(page, texts);
      pages.push({ workers, page, times: [] });
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { page, times } of pages) {
        await page.bringToFront();
        times.push(await page.evaluate(async texts => {
          const begun = performance.now();
          await pool.evaluate(texts);
          return performance.now() - begun;
        }, texts));
      }
    }
    await context.close();
    const [one, two] = pages.map(({ times }) => times);
    const ratios = one.map((time, round) => time / two[round]).sort((a, b) => a - b);
    return {
      inputs: INPUTS,
      tokens: TOKENS,
      one_ms: Math.min(...one),
      two_ms: Math.min(...two),
      throughput: ratios[ratios.length >> 1],
    };
  } finally {
    await site.close();
  }
}
