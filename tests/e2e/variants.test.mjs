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
  ["value-weighted", "variant.value_weighted", HEADS, false],
  ["rollout", "variant.rollout", 1, true],
  ["flow", "variant.flow", 1, false],
  ["gradient-times-attention", "variant.gradient", HEADS, false],
];

const weights = async vitrine => {
  const { bytes } = await vitrine.download("menu.json");
  const json = JSON.parse(bytes.toString("utf8"));
  return { settings: json.settings, heads: json.attention.map(head => head.weights) };
};

const layerOf = async vitrine => (await weights(vitrine)).settings.layers[0];

const sum = row => row.reduce((a, b) => a + b, 0);

for (const [name, key, matrices, hasRowsOfOne] of VARIANTS) {
  visit(`${name} is drawn in the place of attention, and its address brings it back`, async ({ open }) => {
    const vitrine = await open({ hash: at(TEXT, { layer: "2", heads: "3.5" }) });
    await vitrine.ready();
    await vitrine.live(TEXT);
    const raw = await vitrine.picture();
    const rawWeights = await weights(vitrine);
    assert.equal(rawWeights.settings.quantity, "attention");
    await vitrine.options.click();
    await vitrine.choice(key).check({ force: true });
    await until("the address keeps it", async () => (await vitrine.address()).get("attention") === name);
    await until("something else is drawn", async () => (await vitrine.picture().catch(() => raw)) !== raw);
    await vitrine.page.mouse.move(0, 0);

    const made = await weights(vitrine);
    assert.equal(made.settings.quantity, name);
    assert.deepEqual(made.settings.layers, [2]);
    assert.deepEqual(made.settings.heads, matrices === 1 ? [0] : [3, 5]);
    assert.notDeepEqual(made.heads[0], rawWeights.heads[0]);
    for (const row of made.heads.flat()) {
      assert.equal(row.length, TOKENS);
      if (hasRowsOfOne) assert.ok(Math.abs(sum(row) - 1) < 1e-4, `a row sums to ${sum(row)}`);
    }
    const isSigned = made.heads.flat(2).some(weight => weight < 0);
    assert.equal(isSigned, name === "gradient-times-attention");
    assert.equal(await vitrine.head(0).isDisabled(), matrices === 1);
    const picture = await vitrine.picture();

    const again = await open({ hash: (await vitrine.address()).toString() });
    await again.ready();
    await again.live(TEXT);
    await until("the same picture", async () => (await again.picture().catch(() => "")) === picture);
    assert.deepEqual(await weights(again), made);

    await vitrine.choice("variant.raw").check({ force: true });
    assert.deepEqual(await weights(vitrine), rawWeights, "the choice of heads is still there");
  });
}

visit("the layers are gone through by drawing along them and by the keyboard, as one step back", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { attention: "rollout" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await vitrine.queries.first().waitFor();
  const [from, to] = await Promise.all([0, 5].map(async layer => (await vitrine.layer(layer).boundingBox())));
  const middle = box => [box.x + box.width / 2, box.y + box.height / 2];
  await vitrine.page.mouse.move(...middle(from));
  await vitrine.page.mouse.down();
  await vitrine.page.mouse.move(...middle(to), { steps: 20 });
  await vitrine.page.mouse.up();
  await until("the last layer is chosen", async () => (await vitrine.address()).get("layer") === "5");
  await until("it is drawn", async () => (await layerOf(vitrine)) === 5);
  await vitrine.page.goBack();
  await until("where it began", async () => ((await vitrine.address()).get("layer") ?? "0") === "0");
  await vitrine.layer(0).focus();
  for (const layer of [1, 2, 3]) {
    await vitrine.page.keyboard.press("ArrowRight");
    await until("the arrow chooses the next layer", async () => (await vitrine.address()).get("layer") === `${layer}`);
  }
  await until("it is drawn as well", async () => (await layerOf(vitrine)) === 3);
});

visit("a variant is of the changed run too, and of what the changes do", async ({ open }) => {
  const settings = { layer: "4", attention: "value-weighted", scale: "4.1.0", run: "changed" };
  const vitrine = await open({ hash: at(TEXT, settings) });
  await vitrine.live(TEXT);
  await vitrine.queries.first().waitFor();
  await until("the changed run is drawn", async () => (await weights(vitrine)).settings.run === "changed");
  const changed = await weights(vitrine);
  assert.ok(changed.heads[1].flat().every(weight => weight === 0), "a head that is off moves nothing");
  await vitrine.run("untouched").check({ force: true });
  await until("the untouched run is drawn", async () => (await weights(vitrine)).settings.run === "untouched");
  const untouched = await weights(vitrine);
  await vitrine.run("difference").check({ force: true });
  await until("the difference is drawn", async () => (await weights(vitrine)).settings.run === "difference");
  const difference = await weights(vitrine);
  assert.equal(difference.settings.quantity, "value-weighted-difference");
  for (const [row, weights] of difference.heads[1].entries()) {
    for (const [column, weight] of weights.entries()) assert.equal(weight, -untouched.heads[1][row][column]);
  }
});

visit("a text that is too long for flow is told so", async ({ open }) => {
  const long = await open({ hash: at("film ".repeat(70), { attention: "flow" }) });
  await long.ready();
  await until("it says why", async () =>
    (await long.page.locator(".hint").allTextContents()).some(text => text.includes("64") && text.includes("72")),
  );
});
