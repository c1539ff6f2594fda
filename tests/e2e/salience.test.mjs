// Gradients in the browser, where weights lie in panels that give gradients of their input only.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { poolProbe } from "./support/browser.mjs";
import { lendPool, openProbe } from "./support/pool.mjs";
import { visit } from "./support/visit.mjs";

const REFERENCES = new URL("../fixtures/shipped/salience.json", import.meta.url);

visit("integrated gradients are those that PyTorch computed", async ({ context, site }) => {
  const { cases } = JSON.parse(await readFile(REFERENCES, "utf8"));
  const recorded = cases.find(
    ({ pair, target, baseline }) =>
      pair === null && target.output === "Logits" && target.link === "probability" && baseline === "pad",
  );
  assert.ok(recorded, "such a case is recorded");
  await lendPool(site, poolProbe);
  const page = await openProbe(context, site);
  const asked = [recorded.text, recorded.target.index, recorded.steps];
  const [prediction, baseValue, parts, ...values] = await page.evaluate(
    async asked => [...(await salience(...asked))],
    asked,
  );
  assert.ok(parts >= 2, `${parts} parts`);
  assert.ok(Math.abs(prediction - recorded.prediction) <= 1e-4, `${prediction}, ${recorded.prediction}`);
  assert.ok(Math.abs(baseValue - recorded.base_value) <= 1e-4, `${baseValue}, ${recorded.base_value}`);
  assert.equal(values.length, recorded.integrated_gradients.length);
  const scale = Math.max(...recorded.integrated_gradients.map(Math.abs));
  for (const [place, value] of values.entries()) {
    const expected = recorded.integrated_gradients[place];
    // The same tolerance as natively, relative to the largest value.
    assert.ok(Math.abs(value - expected) <= 1e-4 * scale, `token ${place}: ${value}, ${expected}`);
  }
});

visit("what cannot be explained is said", async ({ context, site }) => {
  await lendPool(site, poolProbe);
  const page = await openProbe(context, site);
  await assert.rejects(page.evaluate(() => salience("Good.", 7, 5)), /output 7 is to be explained/);
});

visit("what has no side is painted on a scale of its own, with its own legend, on the page and in files", async ({ open }) => {
  const vitrine = await open({ hash: `v=1&exhibit=salience&text=${encodeURIComponent("Not a bad film.")}` });
  await vitrine.ready();
  const norm = vitrine.t("salience.method_norm");
  const cells = vitrine.explainedTarget(new RegExp(`, ${norm}: `));
  await cells.first().waitFor({ state: "attached" });
  const names = await cells.evaluateAll(cells => cells.map(cell => cell.getAttribute("aria-label")));
  assert.ok(names.every(name => /: \d/.test(name)), `no sign: ${names}`);
  const signed = vitrine.explainedTarget(new RegExp(`, ${vitrine.t("salience.method_input")}: `));
  assert.match(await signed.first().getAttribute("aria-label"), /: [+−]|: 0/);
  const legend = vitrine.t("salience.size_only", { methods: norm });
  for (const kind of ["menu.svg", "menu.html"]) {
    const file = (await vitrine.download(kind)).bytes.toString("utf8");
    assert.ok(file.includes(legend), kind);
    assert.match(file, />0–[\d.]+</, kind);
    assert.match(file, />±[\d.]+</, kind);
  }
  assert.equal((await vitrine.download("menu.png")).bytes.subarray(1, 4).toString("latin1"), "PNG");
});
