// The exhibit of LIME: a surrogate whose fit is always in sight, and what chance does to it.
import assert from "node:assert/strict";
import { findings } from "./support/axe.mjs";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "The plot is dull.";
const hash = (more = "", text = TEXT) => `v=1&exhibit=lime${more}&text=${encodeURIComponent(text)}`;

async function openLime(open, more = "", text = TEXT, options = {}) {
  const vitrine = await open({ hash: hash(more, text), ...options });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  await vitrine.explained();
  return vitrine;
}

/** A number of the fit, by its name. */
async function fit(vitrine, key) {
  const entry = vitrine.page.locator(".fit > div", { hasText: vitrine.t(key) }).first();
  return shownNumber(await entry.locator("dd").textContent());
}

visit("R², intercept and local prediction are in sight, and weights add up to the local prediction", async ({ open }) => {
  const vitrine = await openLime(open);
  const r2 = await fit(vitrine, "lime.r2");
  assert.ok(r2 > 0 && r2 <= 1, `R² ${r2}`);
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  const sum = json.features.reduce((sum, feature) => sum + feature.value, 0);
  assert.ok(Math.abs(json.check.intercept + sum - json.check.local_prediction) < 1e-9);
  assert.ok(Math.abs(json.check.r2 - r2) < 0.0051);
  assert.ok(Math.abs(json.check.intercept - (await fit(vitrine, "lime.intercept"))) < 0.0051);
  assert.ok(Math.abs(json.prediction - (await vitrine.probability("negative"))) < 0.006);
});

/** The cells of a table's rows, its heading left out. */
const cells = table => table.locator("tbody tr").evaluateAll(rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim())));

/** A shown number is the one of a file, rounded to the decimals that are shown. */
function assertShown(shown, exact, what) {
  const decimals = shown.split(/[.,]/)[1]?.length ?? 0;
  assert.ok(Math.abs(shownNumber(shown) - exact) <= 0.5001 * 10 ** -decimals, `${what}: ${shown} for ${exact}`);
}

visit("weights are shown over all seeds, with the words that others chose, in table and files alike", async ({ open }) => {
  // Few samples and few words: seeds do not choose the same ones.
  const vitrine = await openLime(open, "&samples=200&features=4", "The acting is great, but the plot is dull.");
  await vitrine.text("lime.trust_samples", { samples: "200", seed: "0", seeds: "5" }).waitFor();
  const { over_seeds: over, check } = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.deepEqual(over.fits.map(({ seed }) => seed), [0, 1, 2, 3, 4]);
  assert.ok(over.words.length > 4, "seeds choose different words");
  over.fits.forEach((fit, seed) => {
    const sum = over.words.reduce((sum, { weights }) => sum + (weights[seed] ?? 0), fit.intercept);
    assert.ok(Math.abs(sum - fit.local_prediction) < 1e-9, `seed ${seed}`);
  });
  await vitrine.page.locator(".exhibit").press("t");
  const table = vitrine.page.locator("table[aria-labelledby=explained-caption]");
  assert.equal(await table.getByRole("columnheader").count(), 1 + 5 + 5);
  const rows = await cells(table);
  assert.equal(rows.length, over.words.length + 4);
  over.words.forEach((word, row) => {
    const [name, ...shown] = rows[row];
    assert.equal(name, word.text);
    word.weights.forEach((weight, seed) => {
      if (weight === null) assert.equal(shown[seed], vitrine.t("lime.not_chosen"));
      else assertShown(shown[seed], weight, `${name}, seed ${seed}`);
    });
    const chosen = word.weights.filter(weight => weight !== null);
    assert.equal(shown[5], vitrine.t("lime.of_seeds", { chosen: chosen.length, count: 5 }));
    assert.ok(Math.abs(word.mean - chosen.reduce((one, other) => one + other) / chosen.length) < 1e-12, "over those that chose it");
    assertShown(shown[6], word.mean, `the mean of ${name}`);
    assertShown(shown[8], Math.min(...chosen), `the lowest of ${name}`);
    assertShown(shown[9], Math.max(...chosen), `the highest of ${name}`);
  });
  assert.equal(rows[over.words.length][0], vitrine.t("lime.intercept"));
  assertShown(rows[over.words.length][1], check.intercept, "the intercept");
  const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8").trim().split("\r\n");
  assert.equal(csv.length, 1 + over.words.length);
  assert.match(csv[0], /intercept,local_prediction,r2,prediction/);
  assert.doesNotMatch(csv[0], /base_value/);
  const html = (await vitrine.download("menu.html")).bytes.toString("utf8");
  for (const key of ["lime.intercept", "lime.local_prediction", "lime.model_prediction", "lime.r2"]) {
    assert.ok(html.includes(`>${vitrine.t(key)}</th>`), key);
  }
  assert.ok(!html.includes(vitrine.t("explain.base_value")));
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  assert.ok(svg.includes(vitrine.t("lime.ranges", { count: 5 })));
});

visit("the expected fit has no seeds", async ({ open }) => {
  const vitrine = await openLime(open);
  await vitrine.options.click();
  await vitrine.list("lime.samples").selectOption("expected");
  await vitrine.explained();
  await vitrine.text("lime.trust_expected").waitFor();
  await vitrine.page.locator(".exhibit").press("t");
  const table = vitrine.page.locator("table[aria-labelledby=explained-caption]");
  assert.equal(await table.getByRole("columnheader").count(), 2);
  assert.equal((await vitrine.address()).get("samples"), "expected");
});

visit("samples are drawn with the mean of the surrogate, and a wider kernel changes the fit", async ({ open }) => {
  const vitrine = await openLime(open, "&lime_picture=samples");
  await until("the samples are drawn", () => vitrine.isDrawn());
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  assert.ok(svg.includes(vitrine.t("lime.line")));
  const before = await fit(vitrine, "lime.intercept");
  await vitrine.options.click();
  await vitrine.slider("lime.kernel").fill("100");
  await vitrine.explained();
  await until("another fit", async () => (await fit(vitrine, "lime.intercept")) !== before);
  assert.equal((await vitrine.address()).get("kernel"), "100");
  await vitrine.slider("lime.features").fill("2");
  await vitrine.explained();
  await vitrine.choice("lime.picture_weights").check({ force: true });
  await until("two words", async () => (await vitrine.explainedTarget(/./).count()) >= 2);
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.equal(json.features.length, 2);
});

visit("samples are chosen by the keyboard and by a tap near them, and said", async ({ open }) => {
  const vitrine = await openLime(open, "&lime_picture=samples");
  const { samples } = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  const written = vitrine.page.locator(".sample p");
  const struck = written.locator("del");
  const said = vitrine.page.locator(".exhibit__picture [role=status]");
  const cursor = vitrine.page.locator(".explained__cursor");
  await cursor.focus();
  await written.waitFor();
  assert.equal(await written.textContent(), TEXT);
  assert.equal(await struck.count(), 0);
  const [score, surrogate] = [samples[0].score, samples[0].surrogate].map(value => value.toFixed(2));
  assert.match(await said.textContent(), new RegExp(`${score}.*${surrogate}`));
  // To the left are those that lack a word more; up and down others that lack as many.
  await vitrine.page.keyboard.press("ArrowLeft");
  await until("one word less", async () => (await struck.count()) === 1);
  const first = await struck.textContent();
  assert.ok((await said.textContent()).includes(`“${first}”`));
  await vitrine.page.keyboard.press("End");
  await until("no word left", async () => (await struck.count()) === 4);
  assert.ok((await said.textContent()).startsWith(vitrine.t("lime.about_nothing").split("{")[0]));
  // A tap beside the place of that one chooses it again.
  await cursor.scrollIntoViewIfNeeded();
  const place = await cursor.boundingBox();
  await vitrine.page.keyboard.press("Home");
  await until("all words", async () => (await struck.count()) === 0);
  await vitrine.page.mouse.click(place.x + place.width / 2 + 6, place.y + place.height / 2 + 6);
  await until("no word left", async () => (await struck.count()) === 4);
});

visit("the table of samples lists all of them, some at a time", async ({ open }) => {
  const vitrine = await openLime(open, "&lime_picture=samples", "The acting is great, but the plot is dull.");
  const { samples } = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  const count = new Set(samples.map(({ missing }) => missing.join(" "))).size;
  await vitrine.page.locator(".exhibit").press("t");
  const table = vitrine.page.locator("table[aria-labelledby=explained-detail-caption]");
  const [first] = await cells(table);
  assert.deepEqual(first.slice(0, 2), ["The acting is great, but the plot is dull.", "0"]);
  let listed = (await cells(table)).length;
  for (let start = 50; start < count; start += 50) {
    await vitrine.button("lime.farther").click();
    const to = Math.min(start + 50, count);
    await vitrine.text("lime.samples_page", { from: start + 1, to, count }).waitFor();
    listed += (await cells(table)).length;
  }
  assert.equal(listed, count);
  const levels = vitrine.page.locator("table[aria-labelledby=explained-levels-caption]");
  const drawn = (await cells(levels)).reduce((sum, row) => sum + shownNumber(row[1].replace(",", "")), 0);
  assert.equal(drawn, samples.length);
});

for (const scale of ["", "&link=logit"]) {
  visit(`a surrogate that fits badly is called so, with what it means and what helps${scale && ", on log-odds too"}`, async ({ open }) => {
    const vitrine = await openLime(open, `&features=1&kernel=100${scale}`, "not bad and not good, not great but not dull");
    const r2 = await fit(vitrine, "lime.r2");
    assert.ok(r2 < 0.5, `this text was to fit badly, but R² is ${r2}`);
    const warning = vitrine.page.locator(".exhibit .warning");
    await warning.waitFor();
    const said = await warning.textContent();
    assert.ok(said.includes(r2.toFixed(2)), said);
    assert.ok(said.includes(vitrine.t("lime.fits_badly").split(". ").at(-1)), said);
    assert.ok(said.endsWith(vitrine.t("lime.what_helps")), said);
  });
}

visit("of a single word the fit is blamed, and not the sum", async ({ open }) => {
  const vitrine = await openLime(open, "", "Dull");
  const warning = vitrine.page.locator(".exhibit .warning");
  await warning.waitFor();
  const said = await warning.textContent();
  assert.ok(said.startsWith(vitrine.t("lime.one_word").split("{")[0].trim()), said);
  assert.ok(!said.includes(vitrine.t("lime.fits_badly").split(". ").at(-1)), said);
});

visit("words are found in the text and chosen by the keyboard", async ({ open }) => {
  const vitrine = await openLime(open);
  const dull = vitrine.explainedTarget(/^dull/).first();
  await dull.focus();
  await vitrine.page.keyboard.press("Enter");
  assert.equal(await vitrine.tokens.nth(4).getAttribute("aria-pressed"), "true");
  await vitrine.page.keyboard.press("v");
  await until("the samples", async () => (await vitrine.address()).get("lime_picture") === "samples");
});

visit("without a word there is nothing for LIME to leave out", async ({ open }) => {
  const vitrine = await openLime(open);
  await vitrine.type("?!");
  await vitrine.live("?!");
  await vitrine.text("explain.no_lime_words").first().waitFor();
  await vitrine.type("Dull");
  await vitrine.live("Dull");
  await vitrine.explained();
});

for (const language of ["en", "tr"]) {
  visit(`axe finds nothing in the exhibit of LIME: ${language}`, async ({ open }) => {
    for (const theme of ["light", "dark"]) {
      const vitrine = await openLime(open, "&token=4", TEXT, { language, query: { theme } });
      await vitrine.menu.click();
      await vitrine.menuItem("menu.table").click();
      for (const summary of await vitrine.page.locator("summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), [], theme);
      await vitrine.page.close();
    }
  });

  visit(`360 px are enough for the exhibit of LIME: ${language}`, async ({ open }) => {
    for (const picture of ["weights", "samples"]) {
      const vitrine = await openLime(open, `&lime_picture=${picture}`, TEXT, { language });
      const scroll = await vitrine.page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(scroll, 360, picture);
      const classes = vitrine.page.locator(".fit-classes li");
      assert.equal(await classes.count(), 2);
      for (const shown of [...(await classes.all()), ...(await vitrine.page.locator(".fit > div").all())]) {
        assert.ok(await shown.isVisible(), `${await shown.textContent()} is in sight`);
      }
      await vitrine.page.close();
    }
  }, { viewport: { width: 360, height: 740 } });
}

visit("too many words for all of their combinations are told apart from tokens, and samples lead out of it", async ({ open }) => {
  const text = "The plot is slow and the jokes are old, but what a warm and honest little film this has become.";
  const vitrine = await open({ hash: hash("&samples=expected", text) });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  await vitrine.text("lime.too_many", { count: String(new Set(text.match(/\w+/g)).size), most: "16" }).waitFor();
  await vitrine.options.click();
  await vitrine.list("lime.samples").selectOption("200");
  await vitrine.explained();
  await vitrine.explainedTarget(/^honest: /).first().waitFor({ state: "attached" });
});
