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
  await vitrine.explained({ mayTakeLong: true });
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

visit("weights are shown over seeds, and the expected fit has none", async ({ open }) => {
  const vitrine = await openLime(open);
  await vitrine.text("lime.trust_samples", { samples: "1,000", seed: "0", seeds: "5" }).waitFor();
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const table = vitrine.page.locator("table[aria-labelledby=explained-caption]");
  assert.equal(await table.getByRole("columnheader").count(), 1 + 5 + 2);
  await vitrine.options.click();
  await vitrine.list("lime.samples").selectOption("expected");
  await vitrine.explained({ mayTakeLong: true });
  await vitrine.text("lime.trust_expected").waitFor();
  assert.equal(await table.getByRole("columnheader").count(), 1 + 1 + 2);
  assert.equal((await vitrine.address()).get("samples"), "expected");
});

visit("samples are drawn with the line of the surrogate, and a wider kernel changes the fit", async ({ open }) => {
  const vitrine = await openLime(open, "&lime_picture=samples");
  await until("the samples are drawn", () => vitrine.isDrawn());
  await vitrine.page.locator(".explained canvas").scrollIntoViewIfNeeded();
  const box = await vitrine.page.locator(".explained canvas").boundingBox();
  const about = vitrine.page.locator(".explained__about");
  const isSaid = async () => (await about.textContent()) !== vitrine.t("lime.samples_pointing");
  // The sentence itself, the nearest sample, is at the right.
  for (let y = 4; y < box.height && !(await isSaid()); y += 8) {
    for (let x = box.width - 4; x > box.width * 0.9 && !(await isSaid()); x -= 8) {
      await vitrine.page.mouse.move(box.x + x, box.y + y);
    }
  }
  assert.match(await about.textContent(), /\d[.]\d+/);
  const before = await fit(vitrine, "lime.intercept");
  await vitrine.options.click();
  await vitrine.slider("lime.kernel").fill("100");
  await vitrine.explained({ mayTakeLong: true });
  await until("another fit", async () => (await fit(vitrine, "lime.intercept")) !== before);
  assert.equal((await vitrine.address()).get("kernel"), "100");
  await vitrine.slider("lime.features").fill("2");
  await vitrine.explained({ mayTakeLong: true });
  await vitrine.choice("lime.picture_weights").check({ force: true });
  await until("two words", async () => (await vitrine.explainedTarget(/./).count()) >= 2);
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.equal(json.features.length, 2);
});

visit("a surrogate that fits badly is called so, with its R²", async ({ open }) => {
  const vitrine = await openLime(open, "&features=1&kernel=100", "not bad and not good, not great but not dull");
  const r2 = await fit(vitrine, "lime.r2");
  const warning = vitrine.page.locator(".exhibit .warning");
  if (r2 < 0.5) {
    await warning.waitFor();
    assert.match(await warning.textContent(), new RegExp(r2.toFixed(2).replace(".", "\\.")));
  } else {
    assert.fail(`this text was to fit badly, but R² is ${r2}`);
  }
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
  await vitrine.explained({ mayTakeLong: true });
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
      await vitrine.page.close();
    }
  }, { viewport: { width: 360, height: 740 } });
}
