// The exhibits of salience and agreement: numbers that are those of the files, checks that are always in sight.
import assert from "node:assert/strict";
import { findings } from "./support/axe.mjs";
import { visit } from "./support/visit.mjs";
import { assertRounded, csvLines, until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const SHORT = "not a bad film";

const hash = (exhibit, more, text) => `v=1&exhibit=${exhibit}${more}&text=${encodeURIComponent(text)}`;

async function openExhibit(open, exhibit, more = "", text = TEXT, options = {}) {
  const vitrine = await open({ hash: hash(exhibit, more, text), ...options });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  return vitrine;
}

const fact = (vitrine, key) =>
  vitrine.page.locator(".fit div", { hasText: vitrine.t(key) }).locator("dd").textContent();

/** Waits until the path of integrated gradients is gone and every token was occluded. */
async function salienceIsWhole(vitrine) {
  await vitrine.page.locator(".fit").waitFor();
  await until("the gap is known", async () => /\d/.test(await fact(vitrine, "salience.gap")));
  await vitrine.explainedTarget(cellName(vitrine, "salience.method_occlusion")).first().waitFor({ state: "attached" });
}

const cellName = (vitrine, key) => new RegExp(`, ${vitrine.t(key)}: `);

/** The cells of a table as they are written, `[row][column]`. */
async function cells(table) {
  await table.waitFor();
  return table.locator("tbody tr").evaluateAll(rows =>
    rows.map(row => [row.querySelector("th").textContent, ...[...row.querySelectorAll("td")].map(cell => cell.textContent)]),
  );
}

function tableNamed(vitrine, key, values) {
  return vitrine.page.getByRole("table", { name: vitrine.t(key, values), exact: true });
}

async function json(vitrine) {
  return JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
}

visit("salience: the table, the picture and the files have the same numbers, and the gap is in sight", async ({ open }) => {
  const vitrine = await openExhibit(open, "salience");
  await salienceIsWhole(vitrine);
  const file = await json(vitrine);
  assert.equal(file.format, "vitrine-salience");
  assert.deepEqual(
    file.methods.map(({ method }) => method),
    ["integrated_gradients", "gradient_times_input", "gradient_norm", "gradient_times_attention", "occlusion"],
  );
  const [integrated] = file.methods;
  const sum = integrated.values.reduce((one, other) => one + other, 0);
  assert.ok(Math.abs(sum - (file.prediction - file.base_value) - file.completeness_gap) < 1e-9);
  const gap = await fact(vitrine, "salience.gap");
  assertRounded(gap.split("(")[0], file.completeness_gap, "the gap");
  assertRounded(await fact(vitrine, "salience.prediction"), file.prediction, "the score");
  assert.ok(Math.abs(file.prediction - (await vitrine.probability("negative"))) < 0.006);
  await vitrine.page.locator(".exhibit").press("t");
  const rows = await cells(tableNamed(vitrine, "salience.table", { label: vitrine.t("label.negative") }));
  assert.equal(rows.length, file.tokens.length + 1);
  file.tokens.forEach((token, row) => {
    file.methods.forEach(({ method, values }, column) => assertRounded(rows[row][column + 1], values[row], `${token.piece}, ${method}`));
  });
  assert.ok(await vitrine.isDrawn());
  const valued = file.methods.flatMap(({ values }) => values).filter(value => value !== null);
  const lines = csvLines((await vitrine.download("menu.csv")).bytes);
  assert.equal(lines.length, valued.length);
  for (const { target, link, method, baseline, steps, masking, value, token } of lines) {
    assert.deepEqual([target, link], [file.target, file.link]);
    assert.deepEqual([baseline, steps], method === "integrated_gradients" ? [file.baseline, `${file.steps}`] : ["", ""]);
    assert.equal(masking, method === "occlusion" ? file.masking.mode : "", "gradients take nothing away");
    assert.equal(Number(value), file.methods.find(one => one.method === method).values[Number(token)]);
  }
  assert.match((await vitrine.download("menu.svg")).bytes.toString("utf8"), />dull</);
  assert.equal((await vitrine.download("menu.png")).bytes.subarray(1, 4).toString("latin1"), "PNG");
  const html = (await vitrine.download("menu.html")).bytes.toString("utf8");
  assert.match(html, /<svg[\s\S]*<table/);
  assert.doesNotMatch(html, /<script|https?:\/\/(?!www\.w3\.org)/);
});

visit("salience: too few steps leave a large gap, which is said; baseline and steps are in the address", async ({ open }) => {
  const vitrine = await openExhibit(open, "salience", "&steps=5&baseline=mask&link=logit");
  await salienceIsWhole(vitrine);
  assert.ok(await vitrine.choice("masking.mask").first().isChecked());
  assert.equal(await vitrine.list("salience.steps").inputValue(), "5");
  const coarse = await json(vitrine);
  assert.deepEqual([coarse.steps, coarse.baseline, coarse.link], [5, "mask", "logit"]);
  const share = file => Math.abs(file.completeness_gap / (file.prediction - file.base_value));
  const warned = async () => vitrine.page.locator(".warning", { hasText: vitrine.t("salience.gap").split(" ")[0] }).count();
  assert.equal((await warned()) > 0, share(coarse) > 0.05, `a gap of ${share(coarse)} is said if it is large`);
  await vitrine.list("salience.steps").selectOption("50");
  await until("the address says it", async () => (await vitrine.address()).get("steps") === null);
  await salienceIsWhole(vitrine);
  await until("the longer path is gone", async () => (await vitrine.page.getByRole("progressbar", { name: vitrine.t("salience.progress") }).count()) === 0);
  const fine = await json(vitrine);
  assert.equal(fine.steps, 50);
  assert.ok(share(fine) < share(coarse), `${share(fine)} with 50 steps, ${share(coarse)} with 5`);
});

visit("salience: cells and tokens are linked, by pointer and keyboard", async ({ open }) => {
  const vitrine = await openExhibit(open, "salience", "", SHORT);
  await salienceIsWhole(vitrine);
  const cell = vitrine.explainedTarget(/^bad, /).first();
  await cell.click();
  assert.equal(await vitrine.tokens.nth(3).getAttribute("aria-pressed"), "true");
  await vitrine.page.locator(".reading", { hasText: "“bad”" }).first().waitFor();
  await cell.press("Escape");
  assert.equal(await vitrine.tokens.nth(3).getAttribute("aria-pressed"), "false");
  await cell.focus();
  await vitrine.page.keyboard.press("ArrowRight");
  await vitrine.page.keyboard.press("Enter");
  await until("a token is chosen", async () => (await vitrine.address()).get("token") !== null);
  await vitrine.page.keyboard.press("c");
  await until("the other class", async () => (await vitrine.address()).get("target") !== null);
});

visit("salience: arrow keys go from cell to cell as they lie, past cells without a value", async ({ open }) => {
  const vitrine = await openExhibit(open, "salience", "", SHORT);
  await salienceIsWhole(vitrine);
  const focused = () => vitrine.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const [integrated, occlusion] = ["salience.method_ig", "salience.method_occlusion"].map(key => cellName(vitrine, key));
  await vitrine.explainedTarget(occlusion).first().focus();
  const column = [await focused()];
  for (let row = 1; row < 4; row += 1) {
    await vitrine.page.keyboard.press("ArrowDown");
    column.push(await focused());
  }
  column.forEach((name, row) => assert.match(name, occlusion, `row ${row}`));
  assert.deepEqual(column.map(name => name.split(",")[0]), SHORT.split(" "));
  await vitrine.page.keyboard.press("ArrowUp");
  assert.equal(await focused(), column[2]);
  await vitrine.page.keyboard.press("ArrowRight");
  assert.match(await focused(), integrated, "the next one in order begins the next row");
  assert.equal((await focused()).split(",")[0], "film");
});

/** Waits until all methods and the check of them are there. */
async function agreementIsThere(vitrine) {
  const random = tableNamed(vitrine, "agreement.faithfulness_table").locator("tbody tr").last();
  await random.waitFor();
  await until("the check is done", async () => /\d/.test(await random.locator("td").last().textContent()), 150_000);
}

visit("agreement: five methods by word, τ between −1 and 1, and what the files say", async ({ open }) => {
  const vitrine = await openExhibit(open, "agreement", "&steps=20", SHORT);
  await agreementIsThere(vitrine);
  const file = await json(vitrine);
  assert.equal(file.format, "vitrine-agreement");
  assert.deepEqual(file.words.map(({ text }) => text), SHORT.split(" "));
  const methods = ["owen", "lime", "integrated_gradients", "occlusion", "gradient_times_attention"];
  assert.deepEqual(file.methods.map(({ method }) => method), methods);
  assert.equal(file.pairs.length, 10);
  for (const { one, other, kendall_tau, top_overlap } of file.pairs) {
    assert.ok(kendall_tau === null || (kendall_tau >= -1 && kendall_tau <= 1), `${one}, ${other}: ${kendall_tau}`);
    assert.ok(top_overlap >= 0 && top_overlap <= 1);
  }
  await vitrine.page.locator(".exhibit").press("t");
  const label = vitrine.t((await vitrine.probability("negative")) > 0.5 ? "label.negative" : "label.positive");
  const words = await cells(tableNamed(vitrine, "agreement.table", { label }));
  file.words.forEach(({ text }, row) => {
    file.methods.forEach(({ method, values }, column) => assertRounded(words[row][column + 1], values[row], `${text}, ${method}`));
  });
  const pairs = await cells(tableNamed(vitrine, "agreement.pairs"));
  file.pairs.forEach((pair, row) => assertRounded(pairs[row][1], pair.kendall_tau, `${pair.one}, ${pair.other}`));

  const found = await tableNamed(vitrine, "agreement.faithfulness_table").locator("tbody tr").evaluateAll(rows =>
    rows.map(row => [...row.querySelectorAll("td")].map(cell => cell.textContent.split("±")[0])),
  );
  assert.deepEqual(file.faithfulness.map(({ method }) => method), methods);
  file.faithfulness.forEach(({ method, comprehensiveness, sufficiency, deletion, insertion }, row) => {
    [comprehensiveness, sufficiency, deletion.area, insertion.area].forEach((number, column) =>
      assertRounded(found[row][column], number, `${method}, ${column}`),
    );
    assert.equal(deletion.scores.length, file.words.length + 1);
    const prediction = deletion.scores[0];
    assert.equal(insertion.scores.at(-1), prediction, "both curves have the whole sentence at one end");
    assert.equal(deletion.scores.at(-1), insertion.scores[0], "and no word at the other");
    const mean = deletion.scores.slice(1).reduce((sum, score) => sum + prediction - score, 0) / file.words.length;
    assert.ok(Math.abs(mean - comprehensiveness) < 1e-9);
  });
  assert.deepEqual(file.random_orders.map(({ curves }) => curves), ["deletion", "insertion"]);
  assert.ok(file.random_orders.every(({ areas }) => areas.length === 10));
  const settings = Object.fromEntries(file.methods.map(({ method, settings }) => [method, settings]));
  assert.equal(settings.integrated_gradients.path.steps, 20);
  assert.equal(settings.lime.masking.with, "delete", "LIME has words missing in its own way");
  const values = csvLines((await vitrine.download("menu.csv")).bytes);
  assert.equal(values.length, file.methods.flatMap(({ values }) => values).filter(value => value !== null).length);
  assert.ok(values.every(({ target }) => target === file.target));
  const curves = csvLines((await vitrine.download("agreement.csv_curves")).bytes);
  assert.equal(curves.length, 2 * (methods.length + 1) * (file.words.length + 1));
  const inserted = curves.filter(line => line.curves === "insertion" && line.order === "lime").map(line => Number(line.score));
  assert.deepEqual(inserted, file.faithfulness.find(({ method }) => method === "lime").insertion.scores);
  assert.match((await vitrine.download("menu.svg")).bytes.toString("utf8"), />film</);
  const html = (await vitrine.download("menu.html")).bytes.toString("utf8");
  assert.equal(html.split("<table").length - 1 >= 5, true);
});

visit("agreement: seeds are compared, and a small edit keeps ranks word by word", async ({ open }) => {
  const vitrine = await openExhibit(open, "agreement", "&steps=5&samples=200", SHORT);
  await agreementIsThere(vitrine);
  await vitrine.page.locator("summary", { hasText: vitrine.t("agreement.seeds_table", { count: 5 }) }).waitFor();
  await vitrine.button("agreement.edit_full_stop").click();
  assert.equal((await vitrine.address()).get("with_text"), `${SHORT}.`);
  const field = vitrine.page.getByRole("textbox", { name: vitrine.t("agreement.edited_text") });
  assert.equal(await field.inputValue(), `${SHORT}.`);
  const table = tableNamed(vitrine, "agreement.edit_table", { method: vitrine.t("salience.method_occlusion") });
  await table.waitFor();
  const file = await json(vitrine);
  assert.deepEqual(file.edits.map(({ method }) => method), ["owen", "occlusion"]);
  for (const { text, words, kendall_tau } of file.edits) {
    assert.deepEqual([text, words], [`${SHORT}.`, [0, 1, 2, 3]]);
    assert.ok(kendall_tau >= -1 && kendall_tau <= 1);
  }
  assert.deepEqual(file.seeds.seeds, [0, 1, 2, 3, 4]);
  await field.fill("not a good film");
  await until("the typed edit is in the address", async () => (await vitrine.address()).get("with_text") === "not a good film");
  await until("its words are compared", async () => {
    const edits = (await json(vitrine)).edits;
    return edits.length === 2 && edits.every(({ words }) => words.join() === "0,1,3");
  });
});

for (const exhibit of ["salience", "agreement"]) {
  for (const [language, theme] of [["en", "light"], ["tr", "dark"]]) {
    visit(`axe finds nothing in ${exhibit}: ${language}, ${theme}`, async ({ open }) => {
      const vitrine = await openExhibit(open, exhibit, "&steps=5&samples=200&token=3", SHORT, { language, query: { theme } });
      await (exhibit === "salience" ? salienceIsWhole(vitrine) : agreementIsThere(vitrine));
      await vitrine.page.locator(".exhibit").press("t");
      for (const summary of await vitrine.page.locator("main summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), []);
    });
  }

  visit(`360 px are enough for ${exhibit}`, async ({ open }) => {
    const vitrine = await openExhibit(open, exhibit, "&steps=5&samples=200", SHORT, { language: "tr" });
    await (exhibit === "salience" ? salienceIsWhole(vitrine) : agreementIsThere(vitrine));
    assert.equal(await vitrine.page.evaluate(() => document.documentElement.scrollWidth), 360);
  }, { viewport: { width: 360, height: 740 } });
}
