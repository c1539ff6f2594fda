// The page talks to its own host only, and after it has loaded to nobody.
import assert from "node:assert/strict";
import { FOREIGN_HOST } from "./support/browser.mjs";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

visit("every request stays below the page's own folder, and every file is there", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
  assert.deepEqual(site.log.filter(({ status, outside }) => status !== 200 || outside), []);
  assert.ok(site.count(/\.gguf$/) === 1);
});

visit("after the page has loaded, nothing is asked for but the letters of another alphabet", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
  const before = site.log.length;
  await vitrine.type("What I type stays here");
  await vitrine.live("What I type stays here");
  await vitrine.layer(2).check({ force: true });
  await vitrine.languageSwitch("tr").click();
  await vitrine.page.waitForTimeout(500);
  assert.deepEqual(site.log.slice(before).filter(({ path }) => !path.startsWith("fonts/")), []);
});

visit("the watch itself notices a request to elsewhere, from the page and from the worker", async ({ open, watch }) => {
  const vitrine = await open();
  await vitrine.ready();
  const ask = host => fetch(`http://${host}/`).catch(() => {});
  await vitrine.page.evaluate(ask, FOREIGN_HOST);
  await until("the policy stops the page's request", async () => watch.violations.length > 0);
  assert.deepEqual(watch.foreign, []);
  // A policy in the page does not bind its workers: only the watch sees this one.
  await vitrine.page.workers()[0].evaluate(ask, FOREIGN_HOST);
  await until("the worker's request is seen", async () => watch.foreign.length > 0);
}, { mayViolate: true });
