// Comparing: two pictures on one scale, or what one has more than the other.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const HEADS = [3, 5];

const at = (settings = {}) => new URLSearchParams({ v: "1", text: TEXT, ...settings }).toString();

const pictures = vitrine => vitrine.page.locator("canvas").evaluateAll(all => all.map(canvas => canvas.toDataURL()));

const json = async vitrine => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));

/** The lines of a CSV file as arrays: no field of this text is quoted but the comma. */
const csv = async vitrine => {
  const { bytes } = await vitrine.download("menu.csv");
  const lines = bytes.toString("utf8").trimEnd().split("\r\n").slice(1);
  return lines.map(line => line.replaceAll('","', "comma").split(","));
};

const openAt = async (open, settings, options = {}) => {
  const vitrine = await open({ hash: at(settings), ...options });
  await vitrine.live(TEXT);
  return vitrine;
};

const side = (vitrine, layer) => vitrine.page.getByRole("region", { name: vitrine.t("layers.layer", { layer }) });

visit("two layers stand side by side, with the same heads and on one scale", async ({ open }) => {
  const vitrine = await openAt(open, { layer: "4", heads: HEADS.join("."), drawing: "heat-map" });
  await vitrine.options.click();
  const compared = vitrine.page.getByRole("group", { name: vitrine.t("compare.with") });
  await compared.getByRole("radio", { name: "1", exact: true }).check({ force: true });
  await until("the address keeps it", async () => (await vitrine.address()).get("with_layer") === "1");
  await until("there are two pictures", async () => (await pictures(vitrine)).length === 2);
  const [one, other] = await pictures(vitrine);
  assert.notEqual(one, other);
  for (const layer of [4, 1]) await side(vitrine, layer).waitFor();
  const scales = await vitrine.page.locator(".limits").allTextContents();
  assert.equal(scales.length, 2);
  assert.equal(scales[0], scales[1]);

  const both = await json(vitrine);
  assert.deepEqual(both.settings.layers, [4]);
  assert.deepEqual(both.attention.map(head => [head.layer, head.head]), HEADS.map(head => [4, head]));
  assert.deepEqual(both.beside.attention.map(head => [head.layer, head.head]), HEADS.map(head => [1, head]));
  assert.deepEqual(new Set((await csv(vitrine)).map(line => line[0])), new Set(["4", "1"]));
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  for (const layer of [4, 1]) assert.ok(svg.includes(vitrine.t("figure.heading", { layer, heads: "3, 5", text: TEXT })), svg.slice(0, 900));
  await vitrine.download("menu.png");

  await side(vitrine, 1).getByRole("button", { name: "great" }).first().hover();
  await until("the other side follows", async () => {
    const focused = side(vitrine, 4).locator(".end--focused");
    return (await focused.count()) === 1 && (await focused.textContent()).includes("great");
  });
});

visit("the difference between two layers is what the files of the two give", async ({ open }) => {
  const vitrine = await openAt(open, { layer: "4", with_layer: "1" });
  await until("there are two pictures", async () => (await pictures(vitrine)).length === 2);
  const both = await json(vitrine);
  await vitrine.choice("run.difference").check({ force: true });
  await until("there is one picture", async () => (await pictures(vitrine)).length === 1);
  assert.equal((await vitrine.address()).get("compare"), "difference");
  const difference = await json(vitrine);
  assert.deepEqual([difference.settings.quantity, difference.settings.subtracted_layer], ["difference", 1]);
  for (const [place, head] of difference.attention.entries()) {
    for (const [row, weights] of head.weights.entries()) {
      for (const [column, weight] of weights.entries()) {
        const expected = both.attention[place].weights[row][column] - both.beside.attention[place].weights[row][column];
        assert.ok(Math.abs(weight - expected) < 1e-6, `${weight} is not ${expected}`);
      }
    }
  }
  assert.deepEqual(new Set((await csv(vitrine)).map(line => line[6])), new Set(["difference-from-layer-1"]));
  await vitrine.page.getByText(vitrine.t("compare.trust_difference", { layer: 4, other: 1 })).waitFor();
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const cell = vitrine.page.locator("table[aria-labelledby=twin-caption] td").first();
  const mean = difference.attention.reduce((sum, head) => sum + head.weights[0][0], 0) / difference.attention.length;
  assert.equal(Number((await cell.textContent()).replace("\u2212", "-")), Number(mean.toFixed(3)));

  const again = await openAt(open, Object.fromEntries(await vitrine.address()));
  assert.deepEqual(await json(again), difference);
  await again.button("compare.end").click();
  await until("the comparison is over", async () => (await again.address()).get("with_layer") === null);
  assert.equal((await again.address()).get("compare"), null);
});

visit("before and after a change stand side by side", async ({ open }) => {
  const vitrine = await openAt(open, { layer: "5", scale: "3.7.0_4.1.0" }, { language: "tr" });
  await until("the changed run is there", async () => (await vitrine.changed("negative")) !== null);
  const strip = vitrine.page.getByRole("group", { name: vitrine.t("run.label"), exact: true });
  await strip.getByRole("radio", { name: vitrine.t("compare.side_by_side") }).check({ force: true });
  await until("there are two pictures", async () => (await pictures(vitrine)).length === 2);
  assert.equal((await vitrine.address()).get("run"), "both");
  const both = await json(vitrine);
  assert.equal(both.beside.run, "untouched");
  const quantities = new Set((await csv(vitrine)).map(line => line[6]));
  assert.deepEqual(quantities, new Set(["attention", "attention-of-untouched-run"]));
  await vitrine.run("untouched").check({ force: true });
  await until("the untouched run alone", async () => (await pictures(vitrine)).length === 1);
  assert.deepEqual((await json(vitrine)).attention, both.beside.attention);
});

visit("on a phone one picture stands below the other, of a long text too", async ({ open }) => {
  const text = "The acting is great, but the plot is dull and far too long. ".repeat(6).trim();
  const vitrine = await open({
    hash: new URLSearchParams({ v: "1", text, layer: "2", with_layer: "5" }).toString(),
  });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  await until("there are two pictures", async () => (await pictures(vitrine)).length === 2);
  const [one, other] = await Promise.all([2, 5].map(layer => side(vitrine, layer).boundingBox()));
  assert.ok(other.y >= one.y + one.height && Math.abs(one.x - other.x) < 1, JSON.stringify([one, other]));
  const both = await json(vitrine);
  assert.ok(both.tokens.length > 64);
  assert.deepEqual([both.attention[0].layer, both.beside.attention[0].layer], [2, 5]);
}, { viewport: { width: 360, height: 740 } });

const OTHER = "The acting is great, but the plot is so dull.";

const picker = vitrine => vitrine.page.getByRole("group", { name: vitrine.t("compare.with") });

const otherField = vitrine => vitrine.page.getByRole("textbox", { name: vitrine.t("compare.other_text") });

const sideOf = (vitrine, text) => vitrine.page.getByRole("region", { name: `“${text}”`, exact: true });

const pieces = tokens => tokens.map(token => token.piece);

visit("another text stands beside the text, with its own tokens and files that name both", async ({ open }) => {
  const vitrine = await openAt(open, { layer: "2", heads: "3" });
  await vitrine.options.click();
  await picker(vitrine).getByRole("radio", { name: vitrine.t("compare.another_text") }).check({ force: true });
  await until("the text itself is what one begins from", async () => (await otherField(vitrine).inputValue()) === TEXT);
  await until("there are two pictures", async () => (await pictures(vitrine)).length === 2);
  await otherField(vitrine).fill(OTHER);
  await sideOf(vitrine, OTHER).waitFor();
  await until("the address keeps it", async () => (await vitrine.address()).get("with_text") === OTHER);

  await sideOf(vitrine, OTHER).getByRole("button", { name: "dull" }).first().hover();
  const marked = text => sideOf(vitrine, text).locator(".end--focused");
  await until("what corresponds is marked", async () => (await marked(TEXT).count()) === 1 && (await marked(TEXT).textContent()).includes("dull"));
  await sideOf(vitrine, OTHER).getByRole("button", { name: "so" }).first().hover();
  await until("what does not is marked alone", async () => (await marked(TEXT).count()) === 0 && (await marked(OTHER).count()) === 1);
  await sideOf(vitrine, OTHER).getByRole("button", { name: "acting" }).first().click();
  await until("what corresponds is chosen", async () => (await vitrine.address()).get("token") === "2");

  const both = await json(vitrine);
  assert.equal(both.text, TEXT);
  assert.equal(both.beside.text, OTHER);
  assert.deepEqual(pieces(both.beside.tokens), pieces(both.tokens).toSpliced(10, 0, "so"));
  assert.deepEqual(both.beside.attention.map(head => [head.layer, head.head, head.weights.length]), [[2, 3, both.tokens.length + 1]]);
  const file = await vitrine.download("menu.csv");
  const written = file.bytes.toString("utf8");
  assert.ok(written.includes(`,"${TEXT}"\r\n`) && written.trimEnd().endsWith(`,"${OTHER}"`), written.slice(0, 300));
  assert.ok(file.name.includes("-beside-text-the-acting"), file.name);
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  for (const text of [TEXT, OTHER.slice(0, 40)]) assert.ok(svg.includes(text), svg.slice(0, 900));
  await vitrine.download("menu.png");
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  await until("each text has its table", async () => (await vitrine.page.locator("table").count()) >= 2);

  const again = await openAt(open, Object.fromEntries(await vitrine.address()));
  await sideOf(again, OTHER).waitFor();
  assert.deepEqual(await json(again), both);
});

visit("what was typed for the other text is there again after another comparison", async ({ open }) => {
  const vitrine = await openAt(open, { with_text: "A" });
  await vitrine.options.click();
  await otherField(vitrine).pressSequentially(" very good film");
  const choose = name => picker(vitrine).getByRole("radio", { name, exact: true }).check({ force: true });
  await choose("3");
  await until("a layer is compared", async () => (await vitrine.address()).get("with_layer") === "3");
  assert.equal((await vitrine.address()).get("with_text"), null);
  await choose(vitrine.t("compare.another_text"));
  await until("the text is back", async () => (await vitrine.address()).get("with_text") === "A very good film");
  assert.equal(await otherField(vitrine).inputValue(), "A very good film");
  assert.equal((await vitrine.address()).get("with_layer"), null);
  await sideOf(vitrine, "A very good film").waitFor();
  await vitrine.page.getByRole("radio", { name: vitrine.t("variant.rollout") }).check({ force: true });
  await vitrine.text("compare.no_text_variant").waitFor();
  assert.equal(await otherField(vitrine).isVisible(), false);
});

visit("the difference between two texts is of the tokens that correspond, and says so", async ({ open }) => {
  const vitrine = await openAt(open, { layer: "4", with_text: OTHER, compare: "difference" }, { language: "tr" });
  await vitrine.page.getByRole("button", { name: "dull" }).first().waitFor();
  const said = { compared: 13, left_out: 0, left_out_of_other: 1 };
  await vitrine.page.getByText(vitrine.t("compare.counts", said)).waitFor();
  const difference = await json(vitrine);
  assert.equal(difference.settings.subtracted_text, OTHER);
  await vitrine.choice("compare.side_by_side").check({ force: true });
  await sideOf(vitrine, OTHER).waitFor();
  const both = await json(vitrine);
  // The other text has one token more, at place 10.
  const inOther = at => (at < 10 ? at : at + 1);
  for (const [place, head] of difference.attention.entries()) {
    assert.equal(head.weights.length, both.tokens.length);
    for (const [row, weights] of head.weights.entries()) {
      for (const [column, weight] of weights.entries()) {
        const expected = both.attention[place].weights[row][column]
          - both.beside.attention[place].weights[inOther(row)][inOther(column)];
        assert.ok(Math.abs(weight - expected) < 1e-6, `${weight} is not ${expected}`);
      }
    }
  }
});
