// Attention that another program wrote, looked at in place of the typed text's, without any model.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findings } from "./support/axe.mjs";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const WEIGHTS = /\.gguf$/;

/** Rows that sum to 1 and of which no two are the same: the softmax of made-up scores. */
function attention(layers, heads, rows, columns, sum = 1) {
  const list = (length, make) => Array.from({ length }, (_, at) => make(at));
  return list(layers, layer => list(heads, head => list(rows, row => {
    const scores = list(columns, column => Math.exp(2 * Math.sin(1 + 7 * layer + 3 * head + row * (head + 1) + 5 * column)));
    const total = scores.reduce((a, b) => a + b);
    return scores.map(score => Math.fround((sum * score) / total));
  })));
}

const READ = ["[CLS]", "the", "un", "##watch", "##able", "film", "[SEP]"];
const WRITTEN = ["<s>", "izlen", "mez"];

const encoderFile = (sum = 1) => ({
  format: "vitrine-attention-import",
  version: 1,
  name: "an encoder",
  encoder: { tokens: READ, attention: attention(8, 3, READ.length, READ.length, sum) },
});

const translationFile = {
  ...encoderFile(),
  name: "a translation",
  decoder: { tokens: WRITTEN, attention: attention(4, 2, WRITTEN.length, WRITTEN.length) },
  cross: { attention: attention(2, 5, WRITTEN.length, READ.length) },
};

async function give(vitrine, content, name = "attention.json") {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const buffer = Buffer.from(text);
  await vitrine.page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer });
}

async function show(vitrine, content) {
  await give(vitrine, content);
  await vitrine.button("import.leave").waitFor();
}

const layerCount = vitrine => vitrine.page.locator(".layer").count();
const headCount = vitrine => vitrine.page.locator(".heads__tiles button").count();
const texts = async buttons => (await buttons.locator(".end__text").allTextContents()).map(text => text.trim());

async function numbers(vitrine) {
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  await vitrine.table.waitFor();
  const rows = await vitrine.table.locator("tbody tr").all();
  const shown = await Promise.all(rows.map(async row => (await row.locator("td").allTextContents()).map(shownNumber)));
  await vitrine.menu.click();
  await vitrine.menuItem("menu.hide_table").click();
  return shown;
}

const mean = (heads, row, column) => heads.reduce((sum, head) => sum + head[row][column], 0) / heads.length;

function assertTableIs(table, heads) {
  assert.equal(table.length, heads[0].length);
  for (const [row, shown] of table.entries()) {
    assert.equal(shown.length, heads[0][row].length);
    for (const [column, number] of shown.entries()) {
      assert.ok(Math.abs(number - mean(heads, row, column)) < 0.0005 + 1e-6, `${row}, ${column}: ${number}`);
    }
  }
}

visit("a file is explored where the weights cannot be fetched, and left again", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  await vitrine.alert.getByText(vitrine.t("problem.weights_unreachable")).waitFor();
  await vitrine.type("my own words");
  await until("the address has the words", async () => (await vitrine.address()).get("text") === "my own words");
  const file = encoderFile();
  await show(vitrine, file);

  assert.deepEqual([await layerCount(vitrine), await headCount(vitrine)], [8, 3]);
  assert.deepEqual(await texts(vitrine.queries), READ.map(piece => piece.replace("##", "")));
  assert.equal(await vitrine.field.isVisible(), false);
  for (const absent of ["prediction.title", "what_if.title", "input.examples"]) {
    assert.equal(await vitrine.page.getByText(vitrine.t(absent), { exact: true }).count(), 0, absent);
  }
  assert.equal(await vitrine.choice("view.neuron").count(), 0);
  await vitrine.text("import.trust_file", { file: "attention.json" }).waitFor();

  await vitrine.layer(7).check({ force: true });
  assertTableIs(await numbers(vitrine), file.encoder.attention[7]);
  await vitrine.head(1).dblclick();
  await until("head 1 is alone", async () => (await vitrine.address()).get("heads") === "1");
  assertTableIs(await numbers(vitrine), [file.encoder.attention[7][1]]);
  await vitrine.queries.nth(3).click();
  await until("the token is in the address", async () => (await vitrine.address()).get("token") === "3");
  const column = (await numbers(vitrine)).map(([number]) => number);
  for (const [source, number] of column.entries()) {
    assert.ok(Math.abs(number - file.encoder.attention[7][1][3][source]) < 0.0005 + 1e-6);
  }
  const address = await vitrine.address();
  assert.deepEqual([address.get("import"), address.get("layer"), address.get("text")], ["encoder", "7", "my own words"]);

  await vitrine.button("import.leave").click();
  await vitrine.field.waitFor();
  assert.equal(await vitrine.field.inputValue(), "my own words");
  const left = await vitrine.address();
  assert.deepEqual([left.get("import"), left.get("layer"), left.get("heads"), left.get("text")], [null, null, null, "my own words"]);
  await vitrine.text("origin.recorded").first().waitFor();
});

visit("numbers in files are those of the file, to the last bit", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  await show(vitrine, translationFile);
  await vitrine.choice("import.cross").check({ force: true });
  await vitrine.layer(1).check({ force: true });
  const weights = translationFile.cross.attention[1];
  const csv = await vitrine.download("menu.csv");
  assert.equal(csv.name, "vitrine-attention-a-translation-cross-layer-1.csv");
  const lines = csv.bytes.toString("utf8").trimEnd().split("\r\n");
  assert.equal(lines.shift(), "layer,head,destination,source,destination_piece,source_piece,quantity,weight,drawn,part,import");
  assert.equal(lines.length, 5 * WRITTEN.length * READ.length);
  for (const line of lines) {
    const fields = line.split(",");
    const [layer, head, destination, source] = fields.map(Number);
    assert.equal(layer, 1);
    assert.deepEqual(fields.slice(4, 6), [WRITTEN[destination], READ[source]]);
    assert.equal(Math.fround(Number(fields[7])), weights[head][destination][source]);
    assert.deepEqual(fields.slice(9), ["cross", "a translation"]);
  }
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.deepEqual(json.import, { name: "a translation", file: "attention.json", part: "cross", layers: 2, heads: 5 });
  assert.deepEqual([json.destination_tokens, json.source_tokens], [WRITTEN, READ]);
  assert.deepEqual(json.attention.map(({ weights }) => weights.map(row => row.map(Math.fround))), weights);
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  for (const word of ["izlen", "mez", "film", "attention.json"]) assert.ok(svg.includes(word), word);
  assert.match((await vitrine.download("menu.png")).name, /\.png$/);
});

visit("each part of an encoder–decoder has its own layers, heads and tokens", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  await show(vitrine, translationFile);
  const shape = async () => [await layerCount(vitrine), await headCount(vitrine)];
  const unmarked = READ.map(piece => piece.replace("##", ""));
  assert.deepEqual([await shape(), await texts(vitrine.queries), await texts(vitrine.keys)], [[8, 3], unmarked, unmarked]);
  await vitrine.layer(7).check({ force: true });
  await vitrine.choice("import.decoder").check({ force: true });
  await until("the decoder has 4 layers", async () => (await layerCount(vitrine)) === 4);
  assert.deepEqual([await shape(), await texts(vitrine.queries), await texts(vitrine.keys)], [[4, 2], WRITTEN, WRITTEN]);
  await vitrine.choice("import.cross").check({ force: true });
  await until("between them are 2 layers", async () => (await layerCount(vitrine)) === 2);
  assert.deepEqual([await shape(), await texts(vitrine.queries), await texts(vitrine.keys)], [[2, 5], WRITTEN, unmarked]);
  assert.equal((await vitrine.address()).get("layer"), "1", "the last layer of those that there are");
  assertTableIs(await numbers(vitrine), translationFile.cross.attention[1]);

  const words = vitrine.tick("options.merge_words");
  await vitrine.options.click();
  await words.check({ force: true });
  await until("pieces are words", async () => (await texts(vitrine.keys)).includes("unwatchable"));
  assert.deepEqual(await texts(vitrine.queries), WRITTEN);
  await vitrine.tick("import.hide_special").check({ force: true });
  await until("special tokens are gone", async () => !(await texts(vitrine.keys)).includes("[CLS]"));
  await vitrine.page.locator(".warning").getByText("%").waitFor();
  await vitrine.choice("drawing.heat_map").check({ force: true });
  await vitrine.page.locator(".heat canvas").waitFor();
  assert.deepEqual([await texts(vitrine.queries), await texts(vitrine.keys)], [["izlen", "mez"], ["the", "unwatchable", "film"]]);

  await vitrine.choice("view.model").check({ force: true });
  await vitrine.thumbnail(1, 4).click();
  await until("the head is looked at", async () => (await vitrine.address()).get("heads") === "4");
  await vitrine.text("import.no_order").waitFor();
  await vitrine.choice("import.encoder").check({ force: true });
  await vitrine.page.getByRole("combobox").selectOption("previous");
  await vitrine.page.locator(".grid__score").first().waitFor();
  assert.equal(await vitrine.page.locator(".grid__button").count(), 24);
});

visit("a broken file is refused in words, and what is there stays", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  const { encoder } = encoderFile();
  const ragged = structuredClone(encoder);
  ragged.attention[3][1][2].pop();
  for (const [content, expected] of [
    ["{", /EOF/],
    [{ format: "other" }, /format is "other"/],
    [{ ...encoderFile(), encoder: ragged }, /in encoder: .*\[3\]\[1\]\[2\] has 6 numbers/],
  ]) {
    await give(vitrine, content, "broken.json");
    await vitrine.fileAlert.getByText(vitrine.t("import.failed", { file: "broken.json" })).waitFor();
    await vitrine.page.locator(".problem__detail").getByText(expected).waitFor();
    assert.ok(await vitrine.field.isVisible());
  }
  await show(vitrine, encoderFile());
  assert.equal(await vitrine.text("import.failed", { file: "broken.json" }).count(), 0);
  await give(vitrine, "[]", "broken.json");
  await vitrine.fileAlert.getByText(vitrine.t("import.failed", { file: "broken.json" })).waitFor();
  assert.equal(await layerCount(vitrine), 8, "what was looked at stays");
});

visit("rows that do not sum to 1 are shown with a warning", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  const file = encoderFile();
  file.encoder.attention[5][2][4] = file.encoder.attention[5][2][4].map(weight => weight * 0.5);
  await show(vitrine, file);
  const warning = vitrine.page.locator(".warning");
  const values = { count: "1", rows: "168", layer: "5", head: "2", row: "4", sum: "0.500" };
  await warning.getByText(vitrine.t("import.rows_off", values)).waitFor();
  await show(vitrine, encoderFile());
  await until("the warning is gone", async () => (await warning.count()) === 0);
});

visit("a file can be dropped anywhere, and back and forward lead out of it and into it", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
  await vitrine.page.evaluate(text => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "dropped.json", { type: "application/json" }));
    for (const name of ["dragenter", "dragover", "drop"]) {
      document.querySelector("footer").dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, JSON.stringify(encoderFile()));
  await vitrine.text("import.trust_file", { file: "dropped.json" }).waitFor();
  await vitrine.layer(7).check({ force: true });
  await until("layer 7 is chosen", async () => (await vitrine.address()).get("layer") === "7");
  await vitrine.page.goBack();
  await vitrine.page.goBack();
  await vitrine.live("Not a bad film at all");
  assert.equal(await layerCount(vitrine), 6);
  await vitrine.page.goForward();
  await vitrine.page.goForward();
  await until("the file is there again", async () => (await layerCount(vitrine)) === 8);
  assert.equal((await vitrine.address()).get("layer"), "7");
  await vitrine.button("import.leave").click();
  await vitrine.live("Not a bad film at all");
});

visit("an address of a file's picture says that the file is missing, and shows the picture once it is there", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open({ hash: "v=1&view=model&text=some+words&import=cross&layer=1&heads=4" });
  await vitrine.text("import.awaited").waitFor();
  assert.equal(await vitrine.field.inputValue(), "some words");
  await show(vitrine, translationFile);
  const address = await vitrine.address();
  assert.deepEqual(["view", "import", "layer", "heads"].map(key => address.get(key)), ["model", "cross", "1", "4"]);
  await vitrine.page.getByRole("heading", { name: vitrine.t("model.place", { layer: 1, head: 4 }) }).waitFor();
});

visit("12 layers of 12 heads over 128 tokens are painted part by part in the model view", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  const tokens = Array.from({ length: 128 }, (_, at) => `t${at}`);
  const file = { ...encoderFile(), name: "a large one", encoder: { tokens, attention: attention(12, 12, 128, 128) } };
  for (const layer of file.encoder.attention.flat(2)) layer.forEach((weight, at) => (layer[at] = Number(weight.toFixed(5))));
  await show(vitrine, file);
  await vitrine.page.evaluate(() => {
    performance.clearMarks("vitrine:thumbnails");
    window.framesMeanwhile = 0;
    const frame = () => {
      if (performance.getEntriesByName("vitrine:thumbnails").length > 0) return;
      window.framesMeanwhile += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    document.querySelectorAll("input[name=view]")[1].click();
  });
  await until("all thumbnails are painted", async () => (await vitrine.mark("thumbnails")) !== undefined);
  // Painted in one go, they would be there before the first frame.
  const frames = await vitrine.page.evaluate(() => window.framesMeanwhile);
  assert.ok(frames > 1, `${frames} frames while thumbnails were painted`);
  assert.equal(await vitrine.page.locator(".grid__button").count(), 144);
  const blank = await vitrine.page.locator(".grid__canvas").evaluate(canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.every(value => value === 0);
  });
  assert.equal(blank, false);
});

for (const language of ["en", "tr"]) {
  for (const theme of ["light", "dark"]) {
    visit(`axe finds nothing in a file's attention: ${language}, ${theme}`, async ({ open, site }) => {
      site.withhold(WEIGHTS);
      const vitrine = await open({ language, query: { theme }, hash: "import=cross" });
      await vitrine.text("import.awaited").waitFor();
      await give(vitrine, "{", "broken.json");
      await vitrine.fileAlert.getByText(vitrine.t("import.failed", { file: "broken.json" })).waitFor();
      assert.deepEqual(await findings(vitrine), [], "with a broken file");
      const file = structuredClone(translationFile);
      file.cross.attention[0][0][0] = file.cross.attention[0][0][0].map(weight => weight * 2);
      await show(vitrine, file);
      await vitrine.queries.nth(1).click();
      await vitrine.menu.click();
      await vitrine.menuItem("menu.table").click();
      for (const summary of await vitrine.page.locator("summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), [], "the head view with everything folded open");
      await vitrine.choice("view.model").check({ force: true });
      await vitrine.thumbnail(1, 4).waitFor();
      assert.deepEqual(await findings(vitrine), [], "the model view");
    });
  }
}

visit("360 px are enough for a file's attention", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  for (const [view, drawing] of [["head", "lines"], ["head", "lines-across"], ["head", "heat-map"], ["model", "lines"]]) {
    const vitrine = await open({ hash: `import=cross&view=${view}&drawing=${drawing}` });
    await show(vitrine, { ...translationFile, name: "a_name_that_no_line_can_be_broken_in_and_that_is_long_all_the_same" });
    await vitrine.page.waitForTimeout(500);
    assert.equal(await vitrine.page.evaluate(() => document.documentElement.scrollWidth), 360, `${view}, ${drawing}`);
    await vitrine.page.close();
  }
}, { viewport: { width: 360, height: 740 } });

// What PyTorch gave to the fixture's recorder.
visit("attention that PyTorch wrote is drawn", async ({ open, site }) => {
  site.withhold(WEIGHTS);
  const vitrine = await open();
  const file = JSON.parse(readFileSync(new URL("../fixtures/import/bart.json", import.meta.url), "utf8"));
  await show(vitrine, file);
  await vitrine.choice("import.cross").check({ force: true });
  await until("its layers are there", async () => (await layerCount(vitrine)) === file.cross.attention.length);
  assertTableIs(await numbers(vitrine), file.cross.attention[0]);
});
