// The data-set view: texts are explained together, are counted, lead to each text alone, and are saved.
import assert from "node:assert/strict";
import { findings } from "./support/axe.mjs";
import { visit } from "./support/visit.mjs";
import { assertRounded, csvLines, until } from "./support/vitrine.mjs";

const TEXTS = ["The film is dull.", "The acting is great and the film is not bad.", "A film without a plot."];

/** The exhibit with an own list. */
async function openList(open, { texts = TEXTS, more = "", ...options } = {}) {
  const vitrine = await open({ hash: `v=1&exhibit=dataset&data=own${more}&text=${encodeURIComponent(TEXTS[0])}`, ...options });
  await vitrine.ready();
  await vitrine.page.getByRole("textbox", { name: vitrine.t("sentences.list") }).fill(texts.join("\n"));
  return vitrine;
}

async function done(vitrine) {
  await vitrine.page.getByText(vitrine.t("dataset.phase_done"), { exact: true }).waitFor({ state: "attached" });
  await vitrine.page.locator(".explained__target").first().waitFor({ state: "attached" });
}

async function explainAll(vitrine) {
  await until("the button can be pressed", () => vitrine.button("dataset.begin").isEnabled());
  await vitrine.button("dataset.begin").click();
  await done(vitrine);
}

/** The rows of the twin table. */
async function rows(vitrine) {
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const table = vitrine.page.locator("[aria-labelledby=data-set-caption]").getByRole("table");
  await table.waitFor();
  return table.locator("tbody tr").evaluateAll(rows =>
    rows.map(row => [...row.querySelectorAll("th, td")].map(cell => cell.textContent.trim())),
  );
}

const json = async vitrine => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));

visit("three texts are counted, and what is shown is what is saved, rounded", async ({ open }) => {
  const vitrine = await openList(open);
  await vitrine.text("sentences.about_own", { count: "3", most: "2,000" }).waitFor();
  await until("it is said how long it takes", async () => {
    const said = await vitrine.page.locator(".data-set").textContent();
    return /about \d+ (s|min)/.test(said);
  });
  await explainAll(vitrine);
  assert.ok(await vitrine.isDrawn());
  const film = vitrine.explainedTarget(/^“film”: 3 /);
  assert.equal(await film.count(), 1);
  const saved = await json(vitrine);
  assert.deepEqual(saved.texts.map(text => text.text), TEXTS);
  const listed = await rows(vitrine);
  assert.equal(listed.length, saved.tokens.length);
  for (const [at, [name, occurrences, texts, meanSize, totalSize, largestSize, mean, spread]] of listed.entries()) {
    const token = saved.tokens[at];
    const near = (shown, exact) => assertRounded(shown, exact, name);
    assert.deepEqual([name, Number(occurrences), Number(texts)], [token.token, token.occurrences, token.texts]);
    near(meanSize, token.mean_size);
    near(totalSize, token.total_size);
    near(largestSize, token.largest_size);
    near(mean, token.mean);
    near(spread, token.standard_deviation);
  }
  // The numbers are those of the texts.
  const values = [];
  for (const { tokens, values: all, base_value, prediction } of saved.texts) {
    tokens.forEach((token, at) => token.piece === "film" && values.push(all[at]));
    assert.ok(Math.abs(all.reduce((one, other) => one + other, base_value) - prediction) < 1e-6);
  }
  const token = saved.tokens.find(({ token }) => token === "film");
  assert.ok(Math.abs(values.reduce((sum, value) => sum + Math.abs(value), 0) / 3 - token.mean_size) < 1e-9);
  const lines = csvLines((await vitrine.download("menu.csv")).bytes);
  assert.deepEqual(lines.map(({ token }) => token), saved.tokens.map(({ token }) => token));
  for (const { list, method, most_evaluations: most } of lines) {
    assert.deepEqual([list, method, Number(most)], [saved.list, saved.settings.method, saved.settings.most_evaluations]);
  }
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  assert.match(svg, /film ×3/);
  assert.equal((await vitrine.download("menu.png")).bytes.subarray(1, 4).toString("latin1"), "PNG");
});

visit("a token leads to where it occurs, and from there to the text with the same settings", async ({ open }) => {
  const vitrine = await openList(open, { more: "&link=logit&target=1&data_least=2" });
  await explainAll(vitrine);
  const film = vitrine.explainedTarget(/^“film”: 3 /);
  await film.focus();
  await vitrine.page.keyboard.press("Enter");
  assert.equal(await film.getAttribute("aria-pressed"), "true");
  const list = vitrine.page.getByRole("region", { name: vitrine.t("dataset.where", { token: "film" }) });
  assert.equal(await list.locator("tbody tr").count(), 3);
  assert.deepEqual(await list.locator("mark").allTextContents(), ["film", "film", "film"]);
  const saved = await json(vitrine);
  await vitrine.page.getByRole("button", { name: vitrine.t("dataset.open_text", { text: TEXTS[2] }) }).first().click();
  await vitrine.live(TEXTS[2]);
  await vitrine.explained();
  const address = await vitrine.address();
  assert.deepEqual(["exhibit", "text", "target", "link"].map(key => address.get(key)), ["shap", TEXTS[2], "1", "logit"]);
  const alone = await json(vitrine);
  alone.values.forEach((value, at) => assert.ok(Math.abs(value - saved.texts[2].values[at]) < 1e-6, `${at}`));
  await vitrine.page.goBack();
  await vitrine.page.getByRole("heading", { name: vitrine.t("dataset.title"), exact: true }).waitFor();
  assert.equal(await list.locator("tbody tr").count(), 3, "nothing was lost");
  await film.focus();
  await vitrine.page.keyboard.press("Escape");
  await until("the list is closed", async () => (await list.count()) === 0);
  await vitrine.page.keyboard.press("Enter");
  await list.getByRole("button", { name: vitrine.t("dataset.open_text", { text: TEXTS[0] }) }).focus();
  await vitrine.page.keyboard.press("Escape");
  await until("the list is closed from within", async () => (await list.count()) === 0);
  await until("the focus is where it was", () => film.evaluate(bar => bar === document.activeElement));
});

/** The one button of a picture whose parts are small, and what is said of the part that it stands at. */
const cursor = vitrine => vitrine.page.locator(".explained__cursor");
const said = vitrine => vitrine.page.locator(".explained__chosen p").textContent();

visit("points and cells are reached by arrow keys and lead to their texts", async ({ open }) => {
  const vitrine = await openList(open);
  await explainAll(vitrine);
  const saved = await json(vitrine);
  const all = saved.texts.reduce((sum, { tokens }) => sum + tokens.filter(token => !token.special).length, 0);
  await vitrine.choice("dataset.picture_heat_map").check({ force: true });
  await cursor(vitrine).waitFor();
  assert.ok(await vitrine.isDrawn());
  await cursor(vitrine).focus();
  const seen = new Set();
  for (let step = 0; step < all; step += 1) {
    seen.add(await cursor(vitrine).evaluate(({ style }) => `${style.left} ${style.top}`));
    await vitrine.page.keyboard.press("ArrowRight");
  }
  assert.equal(seen.size, all, "each cell is another one");
  await vitrine.choice("dataset.picture_swarm").check({ force: true });
  await cursor(vitrine).waitFor();
  const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8").trim().split("\r\n");
  assert.equal(csv.length, all + 1);
  await vitrine.options.click();
  const colours = vitrine.page.getByRole("group", { name: vitrine.t("dataset.colour") });
  await colours.getByRole("radio", { name: vitrine.t("dataset.colour_prediction") }).check({ force: true });
  assert.equal((await vitrine.address()).get("data_colour"), "prediction");
  await cursor(vitrine).focus();
  await vitrine.page.keyboard.press("Home");
  // Down to a row with the word, whose name is read aloud as well.
  for (let step = 0; step < 10 && !(await said(vitrine)).includes("“plot”"); step += 1) {
    await vitrine.page.keyboard.press("ArrowDown");
  }
  assert.match(await cursor(vitrine).getAttribute("aria-label"), /^“plot”: .*A film without a plot/);
  await vitrine.page.getByRole("status").getByText(/^“plot”: /).waitFor({ state: "attached" });
  await vitrine.page.keyboard.press("Enter");
  await vitrine.live(TEXTS[2]);
  assert.equal((await vitrine.address()).get("exhibit"), "shap");
});

visit("what is nearest to a finger is chosen, and opened by a button", async ({ open }) => {
  const vitrine = await openList(open, { more: "&data_picture=swarm" });
  await explainAll(vitrine);
  const canvas = vitrine.page.locator(".explained canvas");
  await canvas.scrollIntoViewIfNeeded();
  // Where a point is, the keyboard knows.
  await cursor(vitrine).focus();
  await vitrine.page.keyboard.press("ArrowDown");
  const meant = await said(vitrine);
  const point = await cursor(vitrine).boundingBox();
  assert.ok(point.width >= 24 && point.height >= 24);
  await vitrine.page.keyboard.press("End");
  assert.notEqual(await said(vitrine), meant);
  const at = [point.x + point.width / 2, point.y + point.height / 2];
  await vitrine.page.touchscreen.tap(at[0] + 8, at[1] + 3);
  await until("the point beside the finger is chosen", async () => (await said(vitrine)) === meant);
  const box = await canvas.boundingBox();
  await vitrine.page.touchscreen.tap(box.x + 4, at[1]);
  await vitrine.text("dataset.near_touch").waitFor();
  await vitrine.page.touchscreen.tap(...at);
  await vitrine.page.locator(".explained__chosen").getByRole("button", { name: vitrine.t("dataset.open_in_shap") }).tap();
  await vitrine.page.getByRole("heading", { name: vitrine.t("shap.title"), exact: true }).waitFor();
  assert.ok(meant.includes((await vitrine.address()).get("text")));
}, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

visit("cohorts stand side by side, in the table and in files too", async ({ open }) => {
  const texts = ["good\tA great film.", "bad\tA dull film.", "good\tA lovely film.", "bad\tNot a good film at all."];
  const vitrine = await openList(open, { texts });
  await explainAll(vitrine);
  await vitrine.list("dataset.beside").selectOption("label");
  const film = vitrine.explainedTarget(/^“film”: 4 .*good .* \(×2\); bad .* \(×2\)/);
  await film.waitFor({ state: "attached" });
  assert.ok((await film.boundingBox()).height >= 48, "a name and a bar for each cohort");
  assert.equal((await vitrine.address()).get("data_beside"), "label");
  const saved = await json(vitrine);
  assert.deepEqual(saved.cohorts.map(({ name, text_numbers }) => [name, text_numbers]), [["good", [0, 2]], ["bad", [1, 3]]]);
  const of = (cohort, name) => cohort.tokens.find(({ token }) => token === name);
  // Each mean is that of the cohort's own texts.
  for (const cohort of saved.cohorts) {
    const values = cohort.text_numbers.flatMap(number => {
      const text = saved.texts.find(({ text_number }) => text_number === number);
      return text.tokens.flatMap((token, at) => (token.piece === "film" ? [Math.abs(text.values[at])] : []));
    });
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - of(cohort, "film").mean_size) < 1e-9);
  }
  const listed = (await rows(vitrine)).find(([name]) => name === "film");
  listed.slice(-2).forEach((cell, at) => {
    const [, value, times] = cell.match(/^([\d.]+) ×(\d+)$/);
    assert.equal(times, "2");
    assert.ok(Math.abs(Number(value) - of(saved.cohorts[at], "film").mean_size) < 0.0051);
  });
  const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8").trim().split("\r\n");
  const named = name => csv.filter(line => line.startsWith(`${name},`)).length;
  assert.deepEqual([named(""), named("good"), named("bad")], [saved, ...saved.cohorts].map(({ tokens }) => tokens.length));
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  assert.match(svg, />good</);
  await vitrine.list("dataset.beside").selectOption("length");
  await vitrine.explainedTarget(/up to 3 words .*over 3 words/).first().waitFor({ state: "attached" });
});

visit("texts of one predicted class can be looked at alone", async ({ open }) => {
  const vitrine = await openList(open, { texts: ["A great film.", "A dull film.", "A lovely film."] });
  await explainAll(vitrine);
  await vitrine.page.getByRole("radio", { name: "positive (2)", exact: true }).check({ force: true });
  await vitrine.explainedTarget(/^“film”: 2 /).waitFor({ state: "attached" });
  assert.equal((await json(vitrine)).texts.length, 2);
});

visit("texts are paused, go on, beside other exhibits too, and are cancelled", async ({ open }) => {
  const vitrine = await open({ hash: `v=1&exhibit=dataset&text=${encodeURIComponent(TEXTS[0])}` });
  await vitrine.ready();
  await until("the button can be pressed", () => vitrine.button("dataset.begin").isEnabled());
  await vitrine.button("dataset.begin").click();
  const bar = vitrine.page.getByRole("progressbar", { name: vitrine.t("dataset.progress_label") });
  const spent = async () => Number(await bar.getAttribute("value"));
  await vitrine.explainedTarget(/./).first().waitFor({ state: "attached" });
  await vitrine.button("explain.pause").click();
  await vitrine.button("explain.resume").waitFor();
  await vitrine.page.waitForTimeout(500);
  const paused = await spent();
  await vitrine.page.waitForTimeout(1500);
  assert.equal(await spent(), paused, "nothing goes on while it is paused");
  await vitrine.button("explain.resume").click();
  await until("it goes on", async () => (await spent()) > paused);
  const atLeaving = await spent();
  await vitrine.exhibit("attention.title").click();
  await vitrine.page.waitForTimeout(5000);
  await vitrine.exhibit("dataset.title").click();
  const atReturn = await spent();
  assert.ok(atReturn > atLeaving, `it went on meanwhile: ${atReturn} after ${atLeaving}`);
  await vitrine.button("explain.cancel").click();
  await vitrine.button("explain.resume").waitFor();
  const cancelled = await spent();
  await vitrine.page.waitForTimeout(1500);
  assert.equal(await spent(), cancelled);
  assert.ok(await vitrine.isDrawn(), "what has come stays");
  await vitrine.button("explain.resume").click();
  await until("it goes on where it was", async () => (await spent()) > cancelled);
  await vitrine.button("explain.cancel").click();
  await vitrine.type("A dull film.");
  await vitrine.page.getByText("“A dull film.”", { exact: true }).waitFor();
});

for (const language of ["en", "tr"]) {
  visit(`axe finds nothing in the data set: ${language}`, async ({ open }) => {
    for (const theme of ["light", "dark"]) {
      const vitrine = await openList(open, { language, query: { theme } });
      await explainAll(vitrine);
      await vitrine.explainedTarget(/^“film”/).first().click();
      await vitrine.menu.click();
      await vitrine.menuItem("menu.table").click();
      for (const summary of await vitrine.page.locator("summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), [], theme);
      await vitrine.page.close();
    }
  });

  visit(`360 px are enough for the data set: ${language}`, async ({ open }) => {
    for (const picture of ["bars", "swarm", "heat-map"]) {
      const vitrine = await openList(open, { language, more: `&data_picture=${picture}` });
      await explainAll(vitrine);
      const scroll = await vitrine.page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(scroll, 360, picture);
      await vitrine.page.close();
    }
  }, { viewport: { width: 360, height: 740 } });
}
