// The ablation view: attention beside the effect of ablation, for tokens and heads.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const FOUND = JSON.parse(readFileSync(new URL("../../www/recorded/disagreements.json", import.meta.url), "utf8"));

async function openView(open, rest = "", options = {}, text = TEXT) {
  const vitrine = await open({ hash: `v=1&view=ablation&text=${encodeURIComponent(text)}${rest}`, ...options });
  await vitrine.live(text);
  return vitrine;
}

/** Waits until all effects are there. */
async function whole(vitrine) {
  const tokens = await vitrine.tokens.count();
  // So many heads as the shipped model has.
  await vitrine.page.getByText(vitrine.t("ablation.done", { count: tokens, heads: 72 })).waitFor();
}

function table(vitrine, key) {
  return vitrine.page.getByRole("region", { name: vitrine.t(key) }).getByRole("table").locator("tbody tr");
}

function rows(vitrine, key) {
  return vitrine.page.getByRole("toolbar", { name: vitrine.t(`${key}_label`), exact: true }).getByRole("button");
}

/** What a row shows: its name, its numbers and its mark. */
const seen = row => row.locator("span:not(.visually-hidden)").allTextContents();
const cells = async row => (await row.locator("th, td").allTextContents()).map(text => text.trim());
const points = text => shownNumber(text.replace("+", ""));

visit("the effect of a token is what What if says of it", async ({ open }) => {
  const vitrine = await openView(open);
  await whole(vitrine);
  await vitrine.page.keyboard.press("Tab");
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const count = await vitrine.tokens.count();
  assert.equal(await table(vitrine, "ablation.table_tokens").count(), count);
  assert.equal(await table(vitrine, "ablation.table_heads").count(), 72);
  const shares = [];
  for (let at = 0; at < count; at++) {
    shares.push(shownNumber((await cells(table(vitrine, "ablation.table_tokens").nth(at)))[1].replace("%", "")));
  }
  const sum = shares.reduce((one, other) => one + other);
  assert.ok(Math.abs(sum - 100) < 0.005 * count + 0.001, `attention sums to ${sum}%`);
  const top = (await vitrine.probability("negative")) > 0.5 ? "negative" : "positive";
  for (const at of [4, count - 1]) {
    const [name, , , effect] = await cells(table(vitrine, "ablation.table_tokens").nth(at));
    const other = await open({
      hash: `v=1&text=${encodeURIComponent(TEXT)}&hidden=${at}`,
    });
    await other.live(TEXT);
    await until("the changed run is there", async () => (await other.changed(top)) !== null);
    assert.equal(points(effect), (await other.changed(top)).points, name);
    await other.page.close();
  }
});

visit("both panels are sorted by attention or by effect, and a head leads to the head view", async ({ open }) => {
  const vitrine = await openView(open);
  await whole(vitrine);
  const names = async () => rows(vitrine, "ablation.tokens").locator(".ablation__name").allTextContents();
  const asTyped = await names();
  assert.equal(asTyped[0], "[CLS]");
  const order = vitrine.page.getByRole("combobox", { name: vitrine.t("ablation.order") });
  const numbers = async (key, column) =>
    (await rows(vitrine, key).locator(".number").allTextContents()).filter((_, at) => at % 2 === column);
  for (const [value, column, read] of [
    ["attention", 0, text => shownNumber(text.replace(/[%<>]/g, ""))],
    ["effect", 1, text => Math.abs(points(text))],
  ]) {
    await order.selectOption(value);
    await until("the address says it", async () => (await vitrine.address()).get("ranked") === value);
    for (const key of ["ablation.tokens", "ablation.heads"]) {
      const sorted = (await numbers(key, column)).map(read);
      assert.deepEqual(sorted, sorted.toSorted((one, other) => other - one), `${key} by ${value}`);
    }
  }
  assert.deepEqual((await names()).toSorted(), asTyped.toSorted());
  const token = rows(vitrine, "ablation.tokens").first();
  await token.click();
  assert.equal(await token.getAttribute("aria-pressed"), "true");
  assert.equal((await vitrine.address()).get("token"), String(asTyped.indexOf((await names())[0])));
  const head = rows(vitrine, "ablation.heads").first();
  const [layer, number] = (await head.locator(".ablation__name").textContent()).match(/\d+/g);
  await head.click();
  await until("the head view is there", async () => (await vitrine.address()).get("view") === "head");
  const address = await vitrine.address();
  assert.deepEqual([address.get("layer") ?? "0", address.get("heads")], [layer, number]);
  await vitrine.page.goBack();
  await until("back to the ablation view", async () => (await vitrine.address()).get("view") === "ablation");
});

visit("a row is read aloud with what its numbers are", async ({ open }) => {
  const vitrine = await openView(open);
  await whole(vitrine);
  const label = vitrine.t((await vitrine.probability("negative")) > 0.5 ? "label.negative" : "label.positive");
  for (const [key, measure] of [
    ["ablation.tokens", "ablation.cls_last"],
    ["ablation.heads", "ablation.confidence"],
  ]) {
    const row = rows(vitrine, key).nth(1);
    const [name, attention, change, mark] = await seen(row);
    const spoken = [
      name,
      vitrine.t("ablation.row", { measure: vitrine.t(measure), attention }),
      vitrine.t("ablation.row_effect", { label, effect: vitrine.t("ablation.points", { change }) }),
      ...(mark === "" ? [] : [`${mark}.`]),
    ];
    const named = vitrine.page.getByRole("button", { name: spoken.join(" "), exact: true });
    assert.equal(await named.count(), 1, spoken.join(" "));
  }
});

visit("letters that are typed in a list are no keys of the exhibit", async ({ open }) => {
  const vitrine = await openView(open, "&layer=1");
  await vitrine.page.getByRole("combobox", { name: vitrine.t("ablation.effect") }).focus();
  for (const letter of ["v", "l", "L", "t"]) await vitrine.page.keyboard.press(letter);
  const address = await vitrine.address();
  assert.deepEqual([address.get("view"), address.get("layer")], ["ablation", "1"]);
  assert.equal(await vitrine.page.getByRole("region", { name: vitrine.t("ablation.table_tokens") }).count(), 0);
});

visit("an example is computed anew, shows what was found, and Back brings the typed text", async ({ open }) => {
  const vitrine = await openView(open, "&measure=received");
  const [example] = FOUND.examples;
  await vitrine.page.getByRole("button", { name: example.text, exact: true }).click();
  await vitrine.live(example.text);
  await whole(vitrine);
  assert.equal(await vitrine.field.inputValue(), example.text);
  assert.equal((await vitrine.address()).get("measure"), null);
  const row = rows(vitrine, "ablation.tokens");
  const check = async ({ position, piece, probability_change: change }, mark) => {
    const texts = await seen(row.nth(position));
    assert.equal(texts[0], piece);
    assert.equal(texts.at(-1), vitrine.t(mark));
    assert.ok(Math.abs(points(texts[2]) - change * 100) < 0.06, `${piece}: ${texts[2]}, not ${change}`);
  };
  await check(example.most_attention, "ablation.mark_attention");
  await check(example.most_effect, "ablation.mark_effect");
  const tau = example.kendall_tau.toFixed(2).replace("-", "−");
  await vitrine.page.getByText(vitrine.t("ablation.tau", { tau, count: example.tokens })).first().waitFor();
  await vitrine.page.goBack();
  await until("the typed text is back", async () => (await vitrine.field.inputValue()) === TEXT);
});

visit("files have the numbers of the screen", async ({ open }) => {
  const vitrine = await openView(open, "&effect=logit&measure=rollout");
  await whole(vitrine);
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.equal(json.settings.token_measure, "rollout");
  assert.equal(json.compared_heads.items.length, 72);
  const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8").trim().split("\r\n");
  assert.equal(csv.length, 1 + (await vitrine.tokens.count()) + 72);
  const svg = await vitrine.download("menu.svg");
  assert.match(svg.name, /^vitrine-ablation-the-acting-.*-rollout\.svg$/);
  assert.ok(svg.bytes.toString("utf8").includes(vitrine.t("ablation.figure_heading", { text: TEXT })));
  const png = await vitrine.download("menu.png");
  assert.equal(png.bytes.subarray(1, 4).toString("latin1"), "PNG");
});

visit("a long text is ablated when someone asks for it, and that can be cancelled", async ({ open }) => {
  const text = "film ".repeat(70).trim();
  const vitrine = await open({ hash: `v=1&view=ablation&text=${encodeURIComponent(text)}` });
  const start = vitrine.button("ablation.start");
  await start.click();
  await vitrine.button("ranking.cancel").click();
  await start.waitFor();
  await vitrine.page.getByRole("combobox", { name: vitrine.t("ablation.measure") }).selectOption("rollout");
  await vitrine.page.getByText(/attention of layer \d is not here/).waitFor();
});
