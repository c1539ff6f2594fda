// What a person takes along: the picture as SVG and PNG, the numbers as CSV and JSON.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "Not a bad, \"cheap\" film";
const TOKENS = ["[CLS]", "not", "a", "bad", ",", "\"", "cheap", "\"", "film", "[SEP]"];

async function shown(open, language) {
  const vitrine = await open({ language, query: { theme: "light" } });
  await vitrine.ready();
  await vitrine.type(TEXT);
  await vitrine.live(TEXT);
  await vitrine.layer(2).check({ force: true });
  await until("layer 2 is chosen", async () => (await vitrine.address()).get("layer") === "2");
  return vitrine;
}

/** The numbers of the twin table, `[destination][source]`. */
async function tableNumbers(vitrine) {
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  await vitrine.table.waitFor();
  const rows = await vitrine.table.locator("tbody tr").all();
  return Promise.all(rows.map(async row => (await row.locator("td").allTextContents()).map(shownNumber)));
}

for (const language of ["en", "tr"]) {
  visit(`the numbers in CSV and JSON are those on the page, in full and in ASCII (${language})`, async ({ open }) => {
    const vitrine = await shown(open, language);
    const table = await tableNumbers(vitrine);
    const written = (await vitrine.download("menu.json")).bytes.toString("utf8");
    const json = JSON.parse(written);
    const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8");

    assert.equal(json.text, TEXT);
    assert.deepEqual(json.tokens.map(token => token.piece), TOKENS);
    assert.deepEqual(json.settings.layers, [2]);
    assert.equal(json.settings.heads.length, 12);
    assert.match(json.model.hash, /^[0-9a-f]{64}$/);

    const positive = json.prediction.probabilities[json.model.labels.indexOf("POSITIVE")];
    const onPage = await vitrine.probability("positive");
    assert.ok(Math.abs(positive - onPage) <= 0.005, `${positive} in the file, ${onPage} on the page`);
    const logit = json.prediction.logits[json.model.labels.indexOf("NEGATIVE")];
    assert.equal(shownNumber(await vitrine.logit("negative")), Number(logit.toFixed(2)));

    const lines = csv.trimEnd().split("\r\n");
    assert.equal(lines.shift(), "layer,head,destination,source,destination_piece,source_piece,quantity,weight,drawn,model_hash");
    assert.equal(lines.length, 12 * TOKENS.length ** 2);
    const sums = TOKENS.map(() => TOKENS.map(() => 0));
    for (const line of lines) {
      const [layer, head, destination, source] = line.split(",", 4).map(Number);
      const [weight, drawn, hash] = line.split(",").slice(-3);
      assert.equal(layer, 2);
      assert.equal(hash, json.model.hash);
      assert.equal(drawn, "true");
      assert.match(weight, /^\d+(\.\d+)?(e-?\d+)?$/i);
      assert.equal(Math.fround(Number(weight)), Math.fround(json.attention[head].weights[destination][source]));
      sums[destination][source] += Number(weight);
    }
    // The table is the mean over the heads, to three decimals; half a unit of the last is rounding.
    for (const [destination, row] of sums.entries()) {
      for (const [source, sum] of row.entries()) {
        assert.ok(Math.abs(sum / 12 - table[destination][source]) < 0.0005 + 1e-6);
      }
    }
    const mean = sums[0].reduce((a, b) => a + b, 0) / 12;
    assert.ok(Math.abs(mean - 1) < 1e-4, `a row sums to ${mean}`);
    // The page writes a negative number with U+2212, which programs do not read; the logits of two classes are of
    // unlike signs here, so that one of them shows it.
    assert.ok(!csv.includes("\u2212") && !written.includes("\u2212"));
    assert.ok(json.prediction.logits.some(number => number < 0), `none of ${json.prediction.logits} is negative`);
    assert.match(written, /"logits":\s*\[[^\]]*-\d/);
  });
}

visit("the picture as SVG is well-formed, carries its colours, and names what it shows", async ({ open }) => {
  const vitrine = await shown(open, "en");
  const { name, bytes } = await vitrine.download("menu.svg");
  assert.equal(name, "vitrine-attention-not-a-bad-cheap-film-layer-2.svg");
  const svg = bytes.toString("utf8");
  const found = await vitrine.page.evaluate(text => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return {
      root: parsed.documentElement.nodeName,
      errors: parsed.querySelectorAll("parsererror").length,
      texts: [...parsed.querySelectorAll("text")].map(node => node.textContent),
      lines: parsed.querySelectorAll("path").length,
    };
  }, svg);
  assert.equal(found.root, "svg");
  assert.equal(found.errors, 0);
  assert.ok(found.lines > TOKENS.length);
  for (const token of ["[CLS]", "cheap", "film", "[SEP]"]) assert.ok(found.texts.includes(token), token);
  assert.ok(found.texts.some(text => text.includes(TEXT)));
  assert.ok(!svg.includes("var(--"), "a file has no style sheet to look colours up in");
  assert.ok(!/(?:href|src)="http/.test(svg), "a file asks nobody for anything");
});

visit("a picture of one head says which, in its name and its heading", async ({ open }) => {
  const vitrine = await shown(open, "en");
  await vitrine.head(3).dblclick();
  await until("head 3 is alone", async () => (await vitrine.address()).get("heads") === "3");
  const { name, bytes } = await vitrine.download("menu.svg");
  assert.equal(name, "vitrine-attention-not-a-bad-cheap-film-layer-2-head-3.svg");
  const svg = bytes.toString("utf8");
  assert.ok(svg.includes("Attention in layer 2, head 3"));
  assert.ok(svg.includes("opacity is weight."));
});

visit("the picture as PNG is an image with something on it", async ({ open }) => {
  const vitrine = await shown(open, "en");
  const { name, bytes } = await vitrine.download("menu.png");
  assert.match(name, /\.png$/);
  const image = await vitrine.page.evaluate(async base64 => {
    const data = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([data], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
    return { width: bitmap.width, height: bitmap.height, colours: new Set(pixels).size };
  }, bytes.toString("base64"));
  assert.ok(image.width >= 1000 && image.height >= 500, `${image.width} × ${image.height}`);
  assert.ok(image.colours > 50);
});
