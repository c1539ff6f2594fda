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

visit("the worker refuses the model of another host, and asks it nothing", async ({ open, watch }) => {
  const vitrine = await open();
  const foreign = `http://${FOREIGN_HOST}/models/manifest.json`;
  const messages = await vitrine.page.evaluate(async address => {
    // A message is its variant's number and its fields; a text is its length and its bytes (postcard).
    const letters = [...new TextEncoder().encode(address)];
    const load = Uint8Array.from([0, letters.length, ...letters]);
    const worker = new Worker("./vitrine-worker_loader.js", { type: "module" });
    try {
      return await new Promise((resolve, reject) => {
        const heard = [];
        worker.onerror = event => reject(new Error(event.message || "the worker did not start"));
        worker.onmessage = ({ data }) => {
          heard.push([...new Uint8Array(data)]);
          if (heard.length === 1) worker.postMessage(load);
          else resolve(heard);
        };
      });
    } finally {
      worker.terminate();
    }
  }, foreign);
  const [[hello], [variant, id, kind, ...detail]] = messages;
  assert.equal(hello, 0, "Hello");
  assert.deepEqual([variant, id, kind], [7, 0, 7], "Failed, of no request, ModelUnreadable");
  assert.match(Buffer.from(detail).toString("utf8"), new RegExp(`${FOREIGN_HOST}.* is not of `));
  assert.deepEqual(watch.foreign, []);
});
