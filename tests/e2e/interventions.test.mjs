// What if: a run that is changed, beside the untouched one.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const SCALE = "3.7.0_4.1.0";

/** Opens the page with a text and what else its address says, and waits for the model. */
async function openWith(open, rest, options = {}) {
  const vitrine = await open({ hash: `v=1&text=${encodeURIComponent(TEXT)}${rest}`, ...options });
  await vitrine.live(TEXT);
  return vitrine;
}

visit("switching heads off changes the prediction by what is said, and undoing restores it", async ({ open }) => {
  const vitrine = await openWith(open, "&layer=4");
  const before = await vitrine.logit("negative");
  await vitrine.page.mouse.move(0, 0);
  const untouched = await vitrine.picture();
  assert.equal(await vitrine.changed("negative"), null);
  await vitrine.openWhatIf();
  await vitrine.button("what_if.ablate_all", { layer: 4 }).click();
  await until("the changed run is there", async () => (await vitrine.changed("negative")) !== null);
  assert.equal((await vitrine.address()).get("scale").split("_").length, 12);
  const changed = await vitrine.changed("negative");
  assert.notEqual(changed.points, 0);
  const expected = (changed.probability - (await vitrine.probability("negative"))) * 100;
  // Both shares are rounded to a tenth of a point, the difference to a tenth or a hundredth.
  assert.ok(Math.abs(changed.points - expected) <= 0.16, `${changed.points} points, not ${expected}`);
  const positive = await vitrine.changed("positive");
  assert.ok(Math.abs(positive.points + changed.points) < 0.11, "what one class loses the other gains");
  assert.equal(await vitrine.logit("negative"), before, "the untouched run stays");

  await vitrine.page.getByText(vitrine.t("difference.none", { layer: 4 })).waitFor();
  await vitrine.layer(5).check({ force: true });
  await vitrine.page.locator(".reading", { hasText: /layer 5 changes most/ }).waitFor();
  await vitrine.layer(4).check({ force: true });
  await vitrine.button("run.clear").click();
  await vitrine.page.mouse.move(0, 0);
  await until("the changed run is gone", async () => (await vitrine.changed("negative")) === null);
  await until("the picture is as before", async () => (await vitrine.picture()) === untouched);
  assert.equal((await vitrine.address()).get("scale"), null);
});

visit("an address brings its changes back, and each run has its own picture", async ({ open }) => {
  const first = await openWith(open, `&layer=5&scale=${SCALE}&hidden=4`);
  await until("the changed run is there", async () => (await first.changed("negative")) !== null);
  const pictures = new Set();
  for (const run of ["untouched", "changed", "difference"]) {
    await first.run(run).check({ force: true });
    await until(`another picture: ${run}`, async () => !pictures.has(await first.picture()));
    pictures.add(await first.picture());
  }
  await first.run("changed").check({ force: true });
  await until("the address says it", async () => (await first.address()).get("run") === "changed");
  await first.page.mouse.move(0, 0);
  const again = await open({ hash: new URL(first.page.url()).hash.slice(1) });
  await until("the changed run is there again", async () => (await again.changed("negative")) !== null);
  assert.ok(await again.run("changed").isChecked());
  assert.deepEqual(await again.changed("negative"), await first.changed("negative"));
  await until("both pictures are the same", async () => (await again.picture()) === (await first.picture()));
  await first.page.getByText("2 heads off, 1 token hidden").first().waitFor();
});

visit("a hidden token is marked, is looked at no more, and can be shown again", async ({ open }) => {
  const vitrine = await openWith(open, "&layer=2&token=4");
  await vitrine.openWhatIf();
  await vitrine.button("what_if.hide").click();
  const great = vitrine.tokens.nth(4);
  await until("it is marked", async () => (await great.textContent()).includes(vitrine.t("strip.hidden")));
  await vitrine.run("changed").check({ force: true });
  await vitrine.page.getByText(vitrine.t("trust.changed", { changes: "1 token hidden" })).waitFor();
  await vitrine.queries.nth(2).hover();
  const share = vitrine.keys.nth(4).locator(".number");
  await until("nothing goes to it", async () => (await share.textContent()) === "0%");
  await vitrine.button("what_if.show", { token: "great" }).click();
  await until("the address is as before", async () => (await vitrine.address()).get("hidden") === null);
  assert.equal(await great.textContent(), "great");
});

visit("the ranking streams, and leads to a head whose ablation does what it says", async ({ open }) => {
  const vitrine = await openWith(open, "");
  await vitrine.openWhatIf();
  await vitrine.button("what_if.rank").click();
  const ranking = vitrine.page.locator(".ranking");
  // So many as the shipped model has.
  await ranking.getByText(vitrine.t("ranking.done", { count: 72 })).waitFor();
  const rows = ranking.getByRole("table").locator("tbody").getByRole("row");
  assert.equal(await rows.count(), 72);
  const points = (await rows.locator(".ranking__change").allTextContents()).map(text => shownNumber(text.replace(/[^\d.\u2212]/g, "")));
  const sizes = points.map(Math.abs);
  assert.deepEqual(sizes, sizes.toSorted((one, other) => other - one));
  assert.ok(sizes[0] > 0);
  const place = await rows.first().getByRole("rowheader").textContent();
  const [layer, head] = place.match(/\d+/g);
  await rows.first().getByRole("rowheader").getByRole("button").click();
  await until("the head is looked at", async () => (await vitrine.address()).get("heads") === head);
  assert.equal((await vitrine.address()).get("layer") ?? "0", layer);
  const top = (await vitrine.probability("negative")) > 0.5 ? "negative" : "positive";
  await rows.first().getByRole("button", { name: vitrine.t("ranking.switch_off", { head: place.trim() }) }).click();
  await until("it is switched off", async () => (await vitrine.changed(top)) !== null);
  assert.equal((await vitrine.changed(top)).points, points[0]);
  await ranking.getByText(vitrine.t("ranking.other_run")).waitFor();
  await vitrine.type(`${TEXT} Really.`);
  await until("a new text ends it", async () => (await ranking.count()) === 0);
});

visit("a ranking can be cancelled, and the keyboard reaches everything", async ({ open }) => {
  const vitrine = await openWith(open, `&scale=${SCALE}`, { language: "tr" });
  await vitrine.openWhatIf();
  const slider = vitrine.page.getByRole("slider", { name: vitrine.t("model.place", { layer: 3, head: 7 }) });
  await slider.focus();
  await vitrine.page.keyboard.press("ArrowRight");
  await until("the factor is in the address", async () => (await vitrine.address()).get("scale") === "3.7.5_4.1.0");
  await vitrine.button("what_if.rank").focus();
  await vitrine.page.keyboard.press("Enter");
  const ranking = vitrine.page.locator(".ranking");
  await ranking.waitFor();
  const end = ranking.getByRole("button", { name: vitrine.t("ranking.cancel") }).or(ranking.getByRole("button", { name: vitrine.t("ranking.close"), exact: true })).first();
  await end.focus();
  await vitrine.page.keyboard.press("Enter");
  await until("it is gone", async () => (await ranking.count()) === 0);
});
