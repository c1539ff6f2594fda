// When something breaks, the page says so in a sentence, keeps what was typed, and can start again.
import assert from "node:assert/strict";
import { PLAIN_HOST } from "./support/browser.mjs";
import { visit } from "./support/visit.mjs";
import { Vitrine, until } from "./support/vitrine.mjs";

const WEIGHTS = /\.gguf$/;

/** The sentence of a problem stands there; what is typed now is kept, and answered after a new start. */
async function saysAndRecovers(vitrine, site, problem) {
  await vitrine.alert.getByText(vitrine.t(problem)).waitFor();
  await vitrine.type("Still here");
  await vitrine.page.waitForTimeout(400);
  assert.equal(await vitrine.field.inputValue(), "Still here");
  assert.ok(await vitrine.isDrawn(), "the last picture stays");
  site.forgive();
  await vitrine.restart.click();
  await vitrine.live("Still here");
  assert.equal(await vitrine.alert.textContent(), "");
  assert.equal(await vitrine.field.inputValue(), "Still here");
}

for (const [name, file] of [["script", /vitrine-page.*\.js$/], ["program", /vitrine-page.*\.wasm$/]]) {
  visit(`the page's own ${name} is missing`, async ({ open, site }) => {
    site.withhold(file);
    const { page } = await open();
    await page.getByText("Vitrine could not start").waitFor();
    site.forgive();
    await page.reload();
    const vitrine = new Vitrine(page, "en");
    await vitrine.ready();
    assert.equal(await page.getByText("Vitrine could not start").count(), 0);
  });
}

for (const [name, file] of [
  ["loader", /vitrine-worker_loader\.js$/],
  ["script", /vitrine-worker(-relaxed)?\.js$/],
  ["program", /vitrine-worker(-relaxed)?_bg\.wasm$/],
]) {
  visit(`the worker's ${name} is missing`, async ({ open, site }) => {
    site.withhold(file);
    const vitrine = await open();
    await saysAndRecovers(vitrine, site, "problem.worker_missing");
  });
}

visit("the connection breaks while the worker's program comes", async ({ open, site }) => {
  site.hangUp(/vitrine-worker(-relaxed)?_bg\.wasm$/);
  const vitrine = await open();
  await saysAndRecovers(vitrine, site, "problem.worker_missing");
});

visit("weights that are cut short once are fetched again", async ({ open, site }) => {
  site.truncate(WEIGHTS, 1);
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
  assert.equal(site.count(WEIGHTS), 2);
});

visit("a connection that breaks while the weights come is made again", async ({ open, site }) => {
  site.hangUp(WEIGHTS, 1);
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
  assert.equal(site.count(WEIGHTS), 2);
});

visit("weights that are cut short for ever are given up", async ({ open, site }) => {
  site.truncate(WEIGHTS);
  const vitrine = await open();
  await vitrine.alert.getByText(vitrine.t("problem.weights_damaged")).waitFor();
  assert.ok(site.count(WEIGHTS) >= 2, "they are tried again");
  assert.ok(site.count(WEIGHTS) <= 5, "but not for ever");
  await saysAndRecovers(vitrine, site, "problem.weights_damaged");
});

visit("weights that cannot be fetched", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  await saysAndRecovers(vitrine, site, "problem.weights_unreachable");
});

visit("weights of the right length but with wrong bytes are noticed", async ({ open, site }) => {
  site.corrupt(WEIGHTS, 1);
  const vitrine = await open();
  await vitrine.ready();
  assert.equal(site.count(WEIGHTS), 2);
});

visit("an error in the worker stops it, and it can be started again", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.page.workers()[0].evaluate(() => {
    setTimeout(() => {
      throw new Error("broken on purpose");
    });
  });
  await saysAndRecovers(vitrine, site, "problem.worker_stopped");
});

visit("a promise that the worker rejects and nobody awaits is noticed", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.page.workers()[0].evaluate(() => {
    setTimeout(() => Promise.reject(new Error("rejected on purpose")));
  });
  await saysAndRecovers(vitrine, site, "problem.worker_stopped");
});

visit("weights are kept for the next visit", async ({ open, site }) => {
  const first = await open();
  await first.ready();
  await until("the weights are kept", () => kept(first));
  await first.page.close();
  const second = await open();
  await second.text("weights.ready_cache").waitFor();
  await second.live("Not a bad film at all");
  assert.equal(site.count(WEIGHTS), 1);
});

visit("kept weights that are damaged are fetched anew", async ({ open, site }) => {
  const first = await open();
  await first.ready();
  await until("the weights are kept", () => kept(first));
  await first.page.evaluate(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const bytes = await (await cache.match(request)).arrayBuffer();
        await cache.put(request, new Response(bytes.slice(0, bytes.byteLength / 2)));
      }
    }
  });
  await first.page.close();
  const second = await open();
  // Not "from the cache": half a file was there, and the whole came from the network.
  await second.text("weights.ready_network").waitFor();
  await second.live("Not a bad film at all");
  assert.equal(await second.text("weights.ready_cache").count(), 0);
  // The browser's own cache may have answered the second time, but nothing was asked for more than twice.
  const asked = site.count(WEIGHTS);
  assert.ok(asked === 1 || asked === 2, `the weights were asked for ${asked} times`);
});

visit("plain http, without kept weights and without the browser's own hashes, is enough", async ({ open }) => {
  const vitrine = await open();
  assert.equal(await vitrine.page.evaluate(() => "caches" in window || crypto.subtle !== undefined), false);
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
}, { host: PLAIN_HOST });

visit("a visitor who saves data is asked first", async ({ open, site, context }) => {
  await context.addInitScript(() => {
    Object.defineProperty(navigator, "connection", { value: { saveData: true }, configurable: true });
  });
  const vitrine = await open();
  await vitrine.page.getByText(vitrine.t("weights.ask").split("{")[0]).waitFor();
  await vitrine.type("Typed before consent");
  await vitrine.page.waitForTimeout(500);
  assert.equal(site.count(WEIGHTS), 0);
  await vitrine.page.getByRole("button", { name: vitrine.t("weights.consent") }).click();
  await vitrine.live("Typed before consent");
});

visit("bytes are counted while the weights come", async ({ open, site }) => {
  site.slow(WEIGHTS, 4_000);
  const vitrine = await open();
  const progress = vitrine.page.getByRole("progressbar", { name: vitrine.t("weights.label") });
  await progress.waitFor();
  const seen = [];
  await until("some progress is shown", async () => {
    const [found] = await progress.evaluateAll(elements =>
      elements.map(element => ({ share: element.value, words: element.parentElement.textContent })));
    if (found && found.share > (seen.at(-1)?.share ?? 0)) seen.push(found);
    return seen.length >= 4;
  });
  for (const { share, words } of seen) {
    const [received, total] = words.match(/\d+(\.\d+)?/g).map(Number);
    assert.ok(Math.abs(received / total - share) < 0.01, `${words} beside a bar at ${share}`);
  }
  await vitrine.ready();
});

/** Whether this browser holds a whole response. */
const kept = vitrine => vitrine.page.evaluate(async () => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    if ((await cache.keys()).length > 0) return true;
  }
  return false;
});
