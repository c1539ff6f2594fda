// How explanations are driven: what they cost and have cost, where the focus goes, what an address may ask, and that
// nothing jumps when they come.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const SENTENCE = "I went to see it with friends who had told me for weeks how wonderful it was, and the story drags on and on. ";
/** Longer than the model reads. */
const LONGEST = SENTENCE.repeat(24);

async function openExhibit(open, exhibit, more = "", text = TEXT) {
  const vitrine = await open({ hash: `v=1&exhibit=${exhibit}${more}&text=${encodeURIComponent(text)}` });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  return vitrine;
}

/** A button by the beginning of its words, up to the first value in them. */
function buttonThatBegins(vitrine, key) {
  const beginning = vitrine.t(key).split("{")[0];
  return vitrine.page.locator(".progress__buttons").getByRole("button", { name: beginning }).first();
}

/** Where the focus is: a button for what runs, or anything else. */
const focused = vitrine =>
  vitrine.page.evaluate(() => {
    const active = document.activeElement;
    return active.matches(".progress__buttons button") ? "button" : active.tagName.toLowerCase();
  });

visit("what is said to have been spent is what files say", async ({ open }) => {
  const vitrine = await openExhibit(open, "shap");
  await vitrine.explained();
  const said = await vitrine.page.locator(".progress__said").textContent();
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  const [before, after] = vitrine.t("explain.done").split("{spent}");
  assert.ok(said.startsWith(before), said);
  const spent = said.slice(before.length).split(after.split("{")[0])[0];
  assert.equal(Number(spent.replaceAll(",", "")), json.evaluations);
  const html = (await vitrine.download("menu.html")).bytes.toString("utf8");
  assert.ok(html.includes(String(json.evaluations)));
});

visit("masked inputs that lack one token come first, more can be shown, and how many there are is said", async ({ open }) => {
  const vitrine = await openExhibit(open, "shap");
  await vitrine.explained();
  await vitrine.page.locator("summary", { hasText: vitrine.t("masked.title") }).click();
  const rows = vitrine.page.getByRole("region", { name: vitrine.t("masked.title") }).locator("tbody tr");
  const shown = async () => {
    const [shown, count] = (await vitrine.page.locator(".masked__shown p").textContent()).match(/[\d,]+/g);
    return [shown, count].map(number => Number(number.replaceAll(",", "")));
  };
  assert.equal(await rows.count(), 8);
  const [, count] = await shown();
  assert.ok(count > 40, `${count}`);
  while (await vitrine.button("masked.more").isVisible()) await vitrine.button("masked.more").click();
  assert.deepEqual(await shown(), [await rows.count(), count]);
  const missing = await rows.evaluateAll(rows => rows.map(row => Number(row.querySelector("td").textContent)));
  // Ten tokens, each of them missing alone in one of these.
  assert.deepEqual(missing.slice(0, 11).filter(missing => missing === 1).length, 11);
  assert.ok(missing.slice(11).every(missing => missing > 1));
  assert.equal(await vitrine.page.evaluate(() => document.activeElement.tagName), "BUTTON");
  await vitrine.button("masked.fewer").click();
  assert.equal(await rows.count(), 8);
});

visit("what a long text costs is said soon, and an offered budget begins at once", async ({ open }) => {
  const vitrine = await openExhibit(open, "shap", "", LONGEST);
  await vitrine.button("explain.begin").waitFor();
  const said = await vitrine.page.locator(".progress__said").textContent();
  assert.match(said, new RegExp(vitrine.t("explain.costly_tokens", { tokens: "510", exact: "[\\d,]+", time: "[\\d,]+ (min|h|s)" })));
  const offer = buttonThatBegins(vitrine, "explain.begin_fewer");
  await offer.focus();
  await vitrine.page.keyboard.press("Enter");
  await vitrine.button("explain.pause").waitFor();
  assert.equal((await vitrine.address()).get("evaluations"), "100");
  assert.equal(await focused(vitrine), "button");
  const bar = vitrine.page.getByRole("progressbar", { name: vitrine.t("explain.progress") });
  assert.equal(await bar.getAttribute("max"), "100");
  await until("something is spent", async () => Number(await bar.getAttribute("value")) > 8);
  assert.equal(await vitrine.button("explain.begin").count(), 0);
});

visit("what LIME costs of a long text is said, and fewer samples are offered", async ({ open }) => {
  const vitrine = await openExhibit(open, "lime", "&samples=5000", LONGEST);
  await buttonThatBegins(vitrine, "lime.begin_fewer").waitFor();
});

visit("what a path costs of a long text is said, and fewer steps begin at once", async ({ open }) => {
  const vitrine = await openExhibit(open, "salience", "&steps=1000", LONGEST);
  await buttonThatBegins(vitrine, "salience.begin_fewer").waitFor();
  await buttonThatBegins(vitrine, "salience.begin_fewer").click();
  await until("the path is shorter", async () => (await vitrine.address()).get("steps") === "5");
});

visit("the focus stays with the buttons while an explanation is paused, cancelled and wanted again", async ({ open }) => {
  const vitrine = await openExhibit(open, "shap", "&evaluations=2000", SENTENCE);
  await vitrine.button("explain.pause").or(vitrine.button("explain.begin")).first().waitFor();
  for (const [key, next] of [["pause", "resume"], ["resume", "pause"], ["cancel", "again"], ["again", "pause"]]) {
    if (await vitrine.button("explain.begin").isVisible()) {
      await vitrine.button("explain.begin").click();
      assert.equal(await focused(vitrine), "button");
    }
    await vitrine.button(`explain.${key}`).focus();
    await vitrine.page.keyboard.press("Enter");
    await vitrine.button(`explain.${next}`).waitFor();
    assert.equal(await focused(vitrine), "button", key);
  }
  await vitrine.button("explain.cancel").click();
  await vitrine.button("explain.again").waitFor();
  assert.equal(await focused(vitrine), "button");
  // Where no button is left, the exhibit has it, whose keys go on working.
  await vitrine.type("Dull");
  await vitrine.live("Dull");
  await vitrine.explained();
  assert.equal(await focused(vitrine), "textarea", "nobody takes it from the field");
});

visit("the workers are free after a cancel, and that is marked", async ({ open }) => {
  const vitrine = await openExhibit(open, "shap", "&evaluations=2000", SENTENCE);
  await vitrine.button("explain.pause").or(vitrine.button("explain.begin")).first().waitFor();
  if (await vitrine.button("explain.begin").isVisible()) await vitrine.button("explain.begin").click();
  await vitrine.page.evaluate(() => performance.clearMarks());
  await vitrine.button("explain.cancel").click();
  const marks = () =>
    vitrine.page.evaluate(() => ["cancel", "cancelled"].map(name => performance.getEntriesByName(`vitrine:explain-${name}`).at(-1)?.startTime));
  await until("the workers are free", async () => (await marks()).every(time => time !== undefined));
  const [cancel, cancelled] = await marks();
  assert.ok(cancelled >= cancel, `${cancelled - cancel} ms`);
});

visit("numbers of an address that are beyond what there is are corrected in it", async ({ open }) => {
  const vitrine = await openExhibit(open, "lime", "&kernel=1&samples=7&features=999&steps=99999&evaluations=1", "Dull");
  const address = async key => (await vitrine.address()).get(key);
  await until("the kernel is corrected", async () => (await address("kernel")) === "5");
  assert.deepEqual([await address("samples"), await address("features"), await address("evaluations")], ["50", "30", "10"]);
  assert.equal(await address("steps"), "1000");
  const before = await vitrine.page.evaluate(() => history.length);
  await vitrine.page.evaluate(() => (location.hash = location.hash.replace("kernel=5", "kernel=500")));
  await until("the kernel is corrected again", async () => (await address("kernel")) === "100");
  assert.equal(await vitrine.page.evaluate(() => history.length), before + 1);
});

visit("groups of one's own are of one text", async ({ open }) => {
  const vitrine = await openExhibit(open, "shap", "&grouping=11111", "not a bad film");
  const grouping = async () => (await vitrine.address()).get("grouping");
  await vitrine.explained();
  assert.equal(await grouping(), "11111");
  await vitrine.type("not a bad film at all");
  await until("the groups are gone", async () => (await grouping()) === null);
  const other = await openExhibit(open, "shap", "&grouping=111", "not a bad film");
  await until("groups of another text are gone", async () => (await other.address()).get("grouping") === null);
});

for (const exhibit of ["shap", "lime"]) {
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    visit(`nothing jumps from typing to the picture: ${exhibit}, ${width} px`, async ({ open }) => {
      const vitrine = await openExhibit(open, exhibit, "&samples=200");
      await vitrine.explained();
      await vitrine.page.evaluate(() => {
        window.shifted = 0;
        new PerformanceObserver(list => {
          for (const { value, hadRecentInput } of list.getEntries()) window.shifted += hadRecentInput ? 0 : value;
        }).observe({ type: "layout-shift" });
      });
      await vitrine.field.focus();
      await vitrine.page.keyboard.press("Control+A");
      await vitrine.page.keyboard.type("The plot is dull, but the acting is great fun.", { delay: 20 });
      await vitrine.live("The plot is dull, but the acting is great fun.");
      await vitrine.explained();
      await vitrine.page.waitForTimeout(500);
      const shifted = await vitrine.page.evaluate(() => window.shifted);
      assert.ok(shifted < 0.05, `${shifted}`);
    }, { viewport: { width, height } });
  }
}
