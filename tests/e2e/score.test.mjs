// A model without a classifier has no class to explain: in its place it is explained how alike the sentence is to
// another, or which of two it is nearer to.
import assert from "node:assert/strict";
import { findings } from "./support/axe.mjs";
import { lendWithoutClassifier } from "./support/headless.mjs";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "The plot is dull.";
const OTHER = "A boring story.";

const hash = (exhibit, more = "") => `v=1&exhibit=${exhibit}${more}&text=${encodeURIComponent(TEXT)}`;
const like = `&like=${encodeURIComponent(OTHER)}`;

async function openExhibit({ open, site }, exhibit, more = "", options = {}) {
  await lendWithoutClassifier(site);
  const vitrine = await open({ hash: hash(exhibit, more), ...options });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  return vitrine;
}

const field = (vitrine, key) => vitrine.page.getByRole("textbox", { name: vitrine.t(key), exact: true });

const json = async vitrine => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));

/** A base value far from the middle of −1 to 1 is pointed out, and no other. */
async function assertIsPointedOut(vitrine, { base_value }) {
  const warning = vitrine.page.locator(".warning", { hasText: vitrine.t("shap.base_of_similarity").split(". ").at(-1) });
  assert.equal(await warning.count(), Math.abs(base_value) > 0.6 ? 1 : 0, `${base_value}`);
}

/** What all files of a similarity to `other` say. */
function assertIsSimilarity(file, other = OTHER) {
  assert.equal(file.target, `similarity to “${other}”`);
  assert.equal(file.link, null);
  assert.ok(file.prediction > -1 && file.prediction < 1, `a cosine of ${file.prediction}`);
}

visit("SHAP explains the similarity to a text that is typed, and says so before", async ({ open, site }) => {
  const vitrine = await openExhibit({ open, site }, "shap");
  await vitrine.text("score.no_classifier").first().waitFor();
  await field(vitrine, "score.like").fill(OTHER);
  await vitrine.explained();
  assert.ok(await vitrine.isDrawn());
  assert.equal((await vitrine.address()).get("like"), OTHER);
  const file = await json(vitrine);
  assertIsSimilarity(file);
  await assertIsPointedOut(vitrine, file);
  const sum = file.features.reduce((sum, feature) => sum + feature.value, file.base_value);
  assert.ok(Math.abs(sum - file.prediction) < 1e-9);
  const reading = await vitrine.page.locator(".exhibit .reading").first().textContent();
  assert.ok(reading.includes(vitrine.t("score.similar_to", { text: OTHER })), reading);
  await vitrine.text("score.scale_similarity").first().waitFor();
  assert.match((await vitrine.download("menu.svg")).bytes.toString("utf8"), /similarity to “A boring story\.”/);

  // The sentence is as like itself as can be, whatever is left out of it is less so.
  await field(vitrine, "score.like").fill(TEXT);
  await until("the address", async () => (await vitrine.address()).get("like") === TEXT);
  await vitrine.explained();
  const itself = await json(vitrine);
  assert.ok(Math.abs(itself.prediction - 1) < 1e-5 && itself.base_value < itself.prediction);
  await assertIsPointedOut(vitrine, itself);

  // No class, no scale, no key for the next class; letters in the field are no keys.
  await vitrine.options.click();
  assert.equal(await vitrine.page.getByRole("group", { name: vitrine.t("explain.link"), exact: true }).count(), 0);
  assert.equal(await vitrine.choice("score.class").count(), 0);
  await field(vitrine, "score.like").press("t");
  assert.equal(await vitrine.page.locator("table[aria-labelledby=explained-caption]").count(), 0);
  await vitrine.page.locator(".exhibit").press("c");
  assert.equal((await vitrine.address()).get("target"), null);
});

visit("LIME fits the similarity, over seeds", async ({ open, site }) => {
  const vitrine = await openExhibit({ open, site }, "lime", `${like}&samples=200`);
  await vitrine.explained();
  await until("the weights are drawn", () => vitrine.isDrawn());
  const file = await json(vitrine);
  assertIsSimilarity(file);
  const shown = vitrine.page.locator(".fit > div", { hasText: vitrine.t("lime.model_prediction") }).first();
  assert.ok(Math.abs(shownNumber(await shown.locator("dd").textContent()) - file.prediction) < 0.0051);
  assert.ok(file.check.r2 > 0);
});

visit("a direction needs two texts, and a link brings both back", async ({ open, site }) => {
  const vitrine = await openExhibit({ open, site }, "shap", like);
  await vitrine.explained();
  await vitrine.options.click();
  await vitrine.choice("score.direction").check({ force: true });
  await vitrine.text("score.needs_two_texts").first().waitFor();
  await field(vitrine, "score.away_from").fill("A thrilling story.");
  await vitrine.explained();
  const file = await json(vitrine);
  assert.equal(file.target, `“${OTHER}” rather than “A thrilling story.”`);
  const { hash: address } = new URL(vitrine.page.url());
  const again = await open({ hash: address.slice(1) });
  await again.text("origin.live_text").waitFor({ state: "attached" });
  await again.explained();
  assert.equal(await field(again, "score.away_from").inputValue(), "A thrilling story.");
  assert.deepEqual((await json(again)).values, file.values);
});

visit("gradients, agreement and the data set explain the same score", async ({ open, site }) => {
  const vitrine = await openExhibit({ open, site }, "salience", `${like}&steps=5`);
  await vitrine.page.locator(".fit").waitFor();
  await vitrine.explainedTarget(new RegExp(`, ${vitrine.t("salience.method_occlusion")}: `)).first().waitFor({ state: "attached" });
  await until("the gap is known", async () => /\d/.test(await vitrine.page.locator(".fit dd").last().textContent()));
  const salience = await json(vitrine);
  assertIsSimilarity(salience);
  assert.deepEqual(salience.settings.path, { baseline: "pad", steps: 5 });
  assert.ok(salience.methods.length === 5 && salience.methods.every(({ values }) => values.some(value => value)));

  await vitrine.exhibit("agreement.title").click();
  await until("all methods are compared", async () => (await json(vitrine)).methods.filter(of => of.is_final).length === 5);
  const agreement = await json(vitrine);
  assert.equal(agreement.target, salience.target);
  assert.equal(agreement.link, null);

  await vitrine.exhibit("dataset.title").click();
  await vitrine.choice("sentences.own").check({ force: true });
  await vitrine.page.getByRole("textbox", { name: vitrine.t("sentences.list") }).fill(`${TEXT}\nThe acting is great.`);
  await until("the button can be pressed", () => vitrine.button("dataset.begin").isEnabled());
  await vitrine.button("dataset.begin").click();
  await vitrine.page.getByText(vitrine.t("dataset.phase_done"), { exact: true }).waitFor({ state: "attached" });
  const all = await json(vitrine);
  assert.deepEqual(all.texts.map(text => text.target), [salience.target, salience.target]);
  assert.ok(Math.abs(all.texts[0].prediction - salience.prediction) < 1e-5);
  assert.equal(await vitrine.page.getByRole("group", { name: vitrine.t("dataset.cohort"), exact: true }).count(), 0);
});

for (const language of ["en", "tr"]) {
  visit(`axe finds nothing, and 360 px are enough: ${language}`, async ({ open, site }) => {
    for (const theme of ["light", "dark"]) {
      const more = `${like}&score=direction&unlike=Great&samples=200`;
      const vitrine = await openExhibit({ open, site }, theme === "light" ? "shap" : "lime", more, { language, query: { theme } });
      await vitrine.explained();
      await vitrine.sheet.click();
      for (const summary of await vitrine.page.locator("summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.equal(await vitrine.page.evaluate(() => document.documentElement.scrollWidth), 360, theme);
      assert.deepEqual(await findings(vitrine), [], theme);
      await vitrine.page.close();
    }
  }, { viewport: { width: 360, height: 740 } });
}
