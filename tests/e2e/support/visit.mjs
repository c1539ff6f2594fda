// One test is one visit: a fresh browser profile, a host that behaves, and at the end a look at what the page
// asked other hosts for and where it broke its own Content-Security-Policy.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { dist, launch, Watch } from "./browser.mjs";
import { Site } from "./site.mjs";
import { Vitrine } from "./vitrine.mjs";

const LONGEST_VISIT = 180_000;
const SCREENSHOTS = new URL("../../../target/e2e/", import.meta.url).pathname;

let browser;
let site;

before(async () => {
  browser = await launch();
  site = await Site.start(dist);
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/**
 * Declares a test. `body` gets `open(options)`, which opens the page and returns a `Vitrine`, the `site`, and the
 * `context`. Options of `open`: `hash`, `query`, `language` (en or tr); of the visit: whatever Playwright's
 * `newContext` takes, `host` for another name of the same machine, and `mayViolate` for tests of the watch itself.
 */
export function visit(name, body, { mayViolate = false, host, ...contextOptions } = {}) {
  test(name, { timeout: LONGEST_VISIT }, async () => {
    site.forgive();
    site.log.length = 0;
    const context = await browser.newContext({ locale: "en-GB", ...contextOptions });
    const watch = new Watch(context, new URL(site.url(host)).origin);
    const open = async ({ hash = "", query = {}, language = "en" } = {}) => {
      const page = await context.newPage();
      const parameters = new URLSearchParams({ lang: language, ...query });
      const address = `${site.url(host)}?${parameters}${hash && "#"}${hash}`;
      await page.goto(address);
      return new Vitrine(page, language);
    };
    try {
      await body({ open, site, context, watch });
      if (!mayViolate) {
        assert.deepEqual(watch.foreign, [], "requests to other origins");
        assert.deepEqual(watch.violations, [], "violations of the Content-Security-Policy");
      }
    } catch (error) {
      await keepScreenshots(context, name);
      throw error;
    } finally {
      await context.close();
    }
  });
}

async function keepScreenshots(context, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const [index, page] of context.pages().entries()) {
    const path = `${SCREENSHOTS}${name.replaceAll(/\W+/g, "-")}-${index}.png`;
    // A page that has crashed has no screenshot; the failure itself is what matters.
    await page.screenshot({ path }).then(() => console.error(`screenshot: ${path}`), () => {});
  }
}
