// Times the forward pass in a tab: loads the measuring program that was compiled as the worker is.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Site } from "../../../tests/e2e/support/site.mjs";

const MILLISECONDS_PER_SHAPE = 4000;

/** The timings of all peers and shapes, as crates/bench describes them. */
export async function forwardPasses(browser, folder) {
  await writeFile(join(folder, "index.html"), "<!doctype html><title>bench</title>");
  const site = await Site.start(folder);
  try {
    const page = await browser.newPage();
    await page.goto(site.url());
    const json = await page.evaluate(async milliseconds => {
      const program = await import("./vitrine_bench.js");
      await program.default();
      return program.run(milliseconds);
    }, MILLISECONDS_PER_SHAPE);
    await page.close();
    return JSON.parse(json);
  } finally {
    await site.close();
  }
}
