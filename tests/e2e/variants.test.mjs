// What can be made of attention: drawn in its place, taken along, and kept by the address.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const TOKENS = 13;
const HEADS = 12;

const at = (text, settings = {}) => new URLSearchParams({ v: "1", text, ...settings }).toString();

/** Name in the address, key of its name on the page, matrices of a layer, whether its rows sum to 1. */
const VARIANTS = [
  ["value-weighted", "variant.value_weighted", HEADS, true],
  ["rollout", "variant.rollout", 1, true],
  ["flow", "variant.flow", 1, false],
  ["gradient-times-attention", "variant.gradient", HEADS, false],
];

const weights = async vitrine => {
  const { bytes } = await vitrine.download("menu.json");
  const json = JSON.parse(bytes.toString("utf8"));
  return { settings: json.settings, heads: json.attention.map(head => head.weights) };
};

const sum = row => row.reduce((a, b) => a + b, 0);

for (const [name, key, matrices, hasRowsOfOne] of VARIANTS) {
  visit(`${name} is drawn in the place of attention, and its address brings it back`, async ({ open }) => {
    const vitrine = await open({ hash: at(TEXT, { layer: "2" }) });
    await vitrine.ready();
    await vitrine.live(TEXT);
    const raw = await vitrine.picture();
    const rawWeights = await weights(vitrine);
    assert.equal(rawWeights.settings.attention, "raw");
    await vitrine.options.click();
    await vitrine.choice(key).check({ force: true });
    await until("the address keeps it", async () => (await vitrine.address()).get("attention") === name);
    await until("something else is drawn", async () => (await vitrine.picture().catch(() => raw)) !== raw);
    const picture = await vitrine.picture();

    const made = await weights(vitrine);
    assert.equal(made.settings.attention, name);
    assert.equal(made.settings.layer, 2);
    assert.equal(made.heads.length, matrices);
    assert.notDeepEqual(made.heads[0], rawWeights.heads[0]);
    for (const row of made.heads.flat()) {
      assert.equal(row.length, TOKENS);
      if (hasRowsOfOne) assert.ok(Math.abs(sum(row) - 1) < 1e-4, `a row sums to ${sum(row)}`);
    }
    const isSigned = made.heads.flat(2).some(weight => weight < 0);
    assert.equal(isSigned, name === "gradient-times-attention");
    assert.equal(await vitrine.head(0).isDisabled(), matrices === 1);

    const again = await open({ hash: (await vitrine.address()).toString() });
    await again.ready();
    await again.live(TEXT);
    await until("the same picture", async () => (await again.picture().catch(() => "")) === picture);
    assert.deepEqual(await weights(again), made);
  });
}

visit("the layer is scrubbed through, and a text that is too long for flow is told so", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { attention: "rollout" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await vitrine.queries.first().waitFor();
  const first = await vitrine.picture();
  await vitrine.layer(5).check({ force: true });
  await until("another layer is drawn", async () => (await vitrine.picture()) !== first);
  assert.equal((await weights(vitrine)).settings.layer, 5);

  const long = await open({ hash: at("film ".repeat(70), { attention: "flow" }) });
  await long.ready();
  await until("it says why", async () =>
    (await long.page.locator(".hint").allTextContents()).some(text => text.includes("64") && text.includes("72")),
  );
});
