// The exhibit of SHAP: values that add up, are found in the text, can be paused and cancelled, and are saved.
import assert from "node:assert/strict";
import { findings } from "./support/axe.mjs";
import { visit } from "./support/visit.mjs";
import { assertRounded, halfOfLastDigit, shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const LONG = "I went to see it with friends who had told me for weeks how wonderful it was, and I must say that the acting, the music and the photography are all that one could wish for, but the story drags on and on, and by the end of it none of us could remember why we had come, except for the ice cream.";

const hash = (more = "", text = TEXT) => `v=1&exhibit=shap${more}&text=${encodeURIComponent(text)}`;

async function openShap(open, more = "", text = TEXT, options = {}) {
  const vitrine = await open({ hash: hash(more, text), ...options });
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  return vitrine;
}

/** The rows of the twin table as `[name, number]`. */
async function rows(vitrine) {
  const table = vitrine.page.locator("table[aria-labelledby=explained-caption]");
  await table.waitFor();
  return table.locator("tbody tr").evaluateAll(rows =>
    rows.map(row => [row.querySelector("th").textContent, row.querySelector("td").textContent]),
  );
}

async function explained(vitrine) {
  await vitrine.explained();
}

visit("an exhibit is chosen by its link, with the text and the tokens as they are, and Back leads back", async ({ open }) => {
  const vitrine = await open({ hash: `text=${encodeURIComponent(TEXT)}&token=4` });
  await vitrine.ready();
  assert.equal(await vitrine.exhibit("attention.title").getAttribute("aria-current"), "page");
  await vitrine.exhibit("shap.title").focus();
  await vitrine.page.keyboard.press("Enter");
  await vitrine.page.getByRole("heading", { name: vitrine.t("shap.title"), exact: true }).waitFor();
  const address = await vitrine.address();
  assert.deepEqual([address.get("exhibit"), address.get("text"), address.get("token")], ["shap", TEXT, "4"]);
  assert.equal(await vitrine.exhibit("shap.title").getAttribute("aria-current"), "page");
  assert.equal(await vitrine.tokens.nth(4).getAttribute("aria-pressed"), "true");
  await vitrine.page.goBack();
  await vitrine.page.getByRole("heading", { name: vitrine.t("attention.title"), exact: true }).waitFor();
  assert.equal((await vitrine.address()).get("exhibit"), null);
});

visit("base value and values sum to the prediction that stands beside them, in every file too", async ({ open }) => {
  const vitrine = await openShap(open);
  await explained(vitrine);
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const all = await rows(vitrine);
  const number = key => shownNumber(all.find(([name]) => name === vitrine.t(key, { label: vitrine.t("label.negative") }))[1]);
  const values = all.slice(1, -2).map(([, text]) => text);
  const sum = values.map(shownNumber).reduce((one, other) => one + other, 0);
  // Each of the numbers is rounded by itself.
  const rounded = all.slice(0, -1).reduce((sum, [, text]) => sum + halfOfLastDigit(text), 0);
  assert.ok(Math.abs(number("explain.base_value") + sum - number("explain.prediction_of")) <= rounded + 1e-9);
  assert.ok(Math.abs(number("explain.prediction_of") - (await vitrine.probability("negative"))) < 0.006);
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  const exact = json.features.reduce((sum, feature) => sum + feature.value, json.base_value);
  assert.ok(Math.abs(exact - json.prediction) < 1e-6, `${exact} is not ${json.prediction}`);
  json.features.forEach((feature, at) => assertRounded(values[at], feature.value, feature.text));
  const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8");
  assert.ok(csv.includes("dull"));
  const [headings, first] = csv.replaceAll('"', "").split("\r\n").map(line => line.split(","));
  assert.equal(first[headings.indexOf("target")], json.target, "the class has its name");
  assert.equal(json.masked_inputs.length > 3, true);
  const svg = await vitrine.download("menu.svg");
  assert.ok(svg.bytes.toString("utf8").includes(">dull"));
  const png = await vitrine.download("menu.png");
  assert.equal(png.bytes.subarray(1, 4).toString("latin1"), "PNG");
  const html = await vitrine.download("menu.html");
  assert.match(html.name, /\.html$/);
  assert.match(html.bytes.toString("utf8"), /<svg[\s\S]*<table/);
  assert.doesNotMatch(html.bytes.toString("utf8"), /<script|https?:\/\/(?!www\.w3\.org)/);
});

visit("every picture shows the same tokens, linked with the strip and the keyboard", async ({ open }) => {
  const vitrine = await openShap(open, "", "not a bad film");
  await explained(vitrine);
  for (const key of ["shap.picture_text", "shap.picture_bars", "shap.picture_waterfall", "shap.picture_interactions", "shap.picture_hierarchy"]) {
    await vitrine.choice(key).check({ force: true });
    await explained(vitrine);
    assert.ok(await vitrine.isDrawn(), key);
    const bad = vitrine.explainedTarget(/^“?bad”?( alone)?: /).first();
    await bad.click();
    assert.equal(await vitrine.tokens.nth(3).getAttribute("aria-pressed"), "true", key);
    await vitrine.tokens.nth(3).click();
    assert.equal(await bad.getAttribute("aria-pressed"), "false", key);
  }
  await vitrine.choice("shap.picture_bars").check({ force: true });
  await vitrine.explainedTarget(/./).first().focus();
  await vitrine.page.keyboard.press("ArrowDown");
  await vitrine.page.keyboard.press("Enter");
  assert.equal((await vitrine.address()).get("token").split(".").length, 1);
  await vitrine.page.keyboard.press("v");
  await until("the next picture", async () => (await vitrine.address()).get("picture") === "waterfall");
  await vitrine.page.keyboard.press("c");
  await until("the other class", async () => (await vitrine.address()).get("target") !== null);
});

visit("pairs are said not to be told apart until they are, and then stand in table and files", async ({ open }) => {
  const vitrine = await openShap(open, "&picture=interactions&method=permutation", "not a bad film");
  await explained(vitrine);
  await vitrine.text("shap.trust_exact").waitFor();
  await vitrine.text("shap.trust_pairs").waitFor();
  assert.equal(await vitrine.text("shap.no_pairs_yet").count(), 0);
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const pairs = vitrine.page.locator("table[aria-labelledby=explained-detail-caption] tbody td");
  assert.equal(await pairs.count(), 16);
  const csv = await vitrine.download("explain.csv_pairs");
  assert.match(csv.name, /-pairs\.csv$/);
  assert.equal(csv.bytes.toString("utf8").trim().split("\r\n").length, 17);
  const html = (await vitrine.download("menu.html")).bytes.toString("utf8");
  assert.ok(html.includes(vitrine.t("explain.table_pairs")));
  assert.ok(html.includes(vitrine.t("masked.title")));
  assert.ok(html.includes(vitrine.t("shap.trust_exact")));
});

visit("before pairs are told apart their picture says so", async ({ open }) => {
  const vitrine = await openShap(open, "&picture=interactions", "The plot of this film is dull, and the acting is no better.");
  await vitrine.text("shap.no_pairs_yet").waitFor();
  assert.equal(await vitrine.page.getByText(/ do most together/).count(), 0);
});

visit("values that chance has a part in have standard errors in picture and table", async ({ open }) => {
  const vitrine = await openShap(open, "&method=permutation&picture=waterfall", "The plot is dull.");
  await explained(vitrine);
  await vitrine.text("shap.trust_permutation").waitFor();
  const svg = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  assert.ok(svg.includes(vitrine.t("explain.standard_error_lines")));
  await vitrine.menu.click();
  await vitrine.menuItem("menu.table").click();
  const table = vitrine.page.locator("table[aria-labelledby=explained-caption]");
  await table.getByRole("columnheader", { name: vitrine.t("explain.standard_error"), exact: true }).waitFor();
  const errors = await table.locator("tbody tr td:nth-of-type(2)").allTextContents();
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.equal(json.standard_errors.length, 5);
  json.standard_errors.forEach((error, at) => assert.ok(Math.abs(shownNumber(errors[at + 1]) - error) < 0.0051));
});

visit("what stands for several tokens says how many they are and looks at all of them", async ({ open }) => {
  const vitrine = await openShap(open);
  await explained(vitrine);
  const others = vitrine.explainedTarget(/^\d+ tokens together, “/).first();
  const [, count] = (await others.getAttribute("aria-label")).match(/^(\d+) tokens/);
  await others.hover({ force: true });
  const hovered = vitrine.page.locator(".tile--hovered");
  await until("all of them", async () => (await hovered.count()) === Number(count));
  await vitrine.page.getByText(new RegExp(`^${count} tokens together, “`)).waitFor();
});

visit("what is hidden from attention is not shown as if it were deleted", async ({ open }) => {
  const vitrine = await openShap(open, "&missing=attention", "The plot is dull.");
  await explained(vitrine);
  await vitrine.page.locator("summary", { hasText: vitrine.t("masked.title") }).click();
  const rows = vitrine.page.getByRole("region", { name: vitrine.t("masked.title") }).getByRole("rowheader");
  await until("masked inputs", async () => (await rows.count()) > 3);
  for (const text of await rows.allTextContents()) {
    assert.match(text, /‹/);
    assert.equal(text.replaceAll(/[‹›]/g, ""), "The plot is dull.");
  }
  await vitrine.text("masking.attention_about").locator("visible=true").first().waitFor();
  await vitrine.page.getByText(vitrine.t("masking.without_attention")).waitFor();
  const csv = (await vitrine.download("explain.csv_masked")).bytes.toString("utf8");
  assert.match(csv, /‹dull›/);
});

visit("that there is nothing to save is said only as long as it is so", async ({ open }) => {
  const vitrine = await openShap(open, "", "?");
  await explained(vitrine);
  await vitrine.type("");
  await vitrine.text("explain.no_words").first().waitFor();
  await vitrine.menu.click();
  await vitrine.menuItem("menu.csv").click();
  await vitrine.text("explain.not_saved").waitFor();
  await vitrine.type("A dull film.");
  await vitrine.live("A dull film.");
  await explained(vitrine);
  assert.equal(await vitrine.text("explain.not_saved").count(), 0);
});

visit("the page that is saved can be read on a phone", async ({ open, context }) => {
  const vitrine = await openShap(open, "", "The plot is dull.");
  await explained(vitrine);
  const html = (await vitrine.download("menu.html")).bytes.toString("utf8");
  const saved = await context.newPage();
  await saved.setContent(html);
  const { page, size, moves } = await saved.evaluate(() => {
    const figure = document.querySelector("figure");
    const text = [...figure.querySelectorAll("text")].find(text => text.textContent === "dull");
    return {
      page: document.documentElement.scrollWidth,
      size: text.getBoundingClientRect().height,
      moves: figure.scrollWidth > figure.clientWidth,
    };
  });
  assert.deepEqual({ page, moves }, { page: 360, moves: true });
  assert.ok(size >= 12, `the type of the picture is ${size} px high`);
}, { viewport: { width: 360, height: 740 } });

visit("settings are in the address, and a link brings them back", async ({ open }) => {
  const vitrine = await openShap(open, "&link=logit&masking=string&missing=delete&players=special&method=permutation&evaluations=500&seed=7&picture=bars");
  await vitrine.options.click();
  for (const [group, key] of [["explain.link", "explain.link_logit"], ["masking.mode", "masking.string"], ["explain.picture", "shap.picture_bars"]]) {
    const choice = vitrine.page.getByRole("group", { name: vitrine.t(group), exact: true });
    assert.ok(await choice.getByRole("radio", { name: vitrine.t(key), exact: true }).isChecked(), key);
  }
  assert.equal(await vitrine.list("masking.with").inputValue(), "delete");
  assert.equal(await vitrine.list("shap.method").inputValue(), "permutation");
  assert.equal(await vitrine.list("shap.budget").inputValue(), "500");
  assert.ok(await vitrine.tick("masking.special").isChecked());
  await vitrine.list("shap.method").selectOption("exact");
  assert.equal((await vitrine.address()).get("method"), "exact");
});

visit("Kernel SHAP gives as many tokens a value as are chosen, and the address and the file say so", async ({ open }) => {
  const vitrine = await openShap(open, "&method=kernel&kernel_features=3&evaluations=300");
  await explained(vitrine);
  await vitrine.options.click();
  const tokens = vitrine.list("shap.kernel_features");
  assert.equal(await tokens.inputValue(), "3", "a number that is not offered is among the items");
  const kernel = async () => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  const withValue = file => file.features.filter(({ value }) => value !== 0).length;
  const three = await kernel();
  assert.deepEqual(three.settings.kernel, { features: 3 });
  assert.ok(withValue(three) > 0 && withValue(three) <= 3, `${withValue(three)} tokens have a value`);
  const sum = three.features.reduce((sum, { value }) => sum + value, three.base_value);
  assert.ok(Math.abs(sum - three.prediction) < 1e-6, `${sum} is not ${three.prediction}`);
  await vitrine.page.locator(".trust", { hasText: vitrine.t("shap.trust_kernel_some", { count: 3 }) }).waitFor();
  await tokens.selectOption("bic");
  assert.equal((await vitrine.address()).get("kernel_features"), "bic");
  await vitrine.page.locator(".trust", { hasText: "BIC" }).waitFor();
  await until("the file has the other selection", async () => (await kernel()).settings.kernel === "bic");
  await tokens.selectOption("all");
  assert.equal((await vitrine.address()).get("kernel_features"), null);
  await until("all tokens have a value", async () => withValue(await kernel()) > 5);
  await vitrine.list("shap.method").selectOption("owen");
  assert.equal(await tokens.count(), 0, "other methods select none");
});

visit("a long explanation is paused, goes on, is cancelled, and wanted after all", async ({ open }) => {
  const vitrine = await openShap(open, "", LONG.slice(0, 120));
  await vitrine.button("explain.pause").or(vitrine.button("explain.begin")).first().waitFor();
  const bar = vitrine.page.getByRole("progressbar", { name: vitrine.t("explain.progress") });
  const spent = async () => Number(await bar.getAttribute("value"));
  await until("something is spent", async () => {
    // A slow machine finds only after some inputs that it will take long.
    if (await vitrine.button("explain.begin").isVisible()) await vitrine.button("explain.begin").click();
    return (await spent()) > 10;
  });
  await vitrine.button("explain.pause").click();
  await vitrine.button("explain.resume").waitFor();
  await vitrine.page.waitForTimeout(500);
  const paused = await spent();
  await vitrine.page.waitForTimeout(1500);
  assert.equal(await spent(), paused, "nothing goes on while it is paused");
  assert.ok(await vitrine.isDrawn(), "what has come is drawn");
  await vitrine.page.getByText(/share (their|its) value evenly/).waitFor();
  await vitrine.button("explain.resume").click();
  await until("it goes on", async () => (await spent()) > paused);
  await vitrine.button("explain.cancel").click();
  await vitrine.button("explain.again").waitFor();
  const cancelled = await spent();
  await vitrine.page.waitForTimeout(1500);
  assert.equal(await spent(), cancelled);
  await vitrine.button("explain.again").click();
  await until("it goes on after all", async () => (await spent()) > cancelled);
  await vitrine.type("A dull film.");
  await vitrine.live("A dull film.");
  await explained(vitrine);
});

visit("what the model read is listed, and ranks are compared once two maskings were tried", async ({ open }) => {
  const vitrine = await openShap(open);
  await explained(vitrine);
  await vitrine.page.locator("summary", { hasText: vitrine.t("masked.title") }).click();
  const table = vitrine.page.getByRole("region", { name: vitrine.t("masked.title") }).getByRole("row");
  await until("masked inputs", async () => (await table.count()) > 3);
  assert.match(await table.nth(1).getByRole("rowheader").textContent(), /\[MASK\]/);
  assert.equal(await vitrine.page.getByText(vitrine.t("ranks.title")).count(), 0);
  await vitrine.options.click();
  await vitrine.list("masking.with").selectOption("delete");
  await explained(vitrine);
  await vitrine.page.locator("summary", { hasText: vitrine.t("ranks.title") }).click();
  const ranks = vitrine.page.getByRole("region", { name: vitrine.t("ranks.title") });
  assert.equal(await ranks.getByRole("columnheader").count(), 3);
});

visit("groups of one's own are computed anew", async ({ open }) => {
  const vitrine = await openShap(open, "&picture=hierarchy", "not a bad film");
  await explained(vitrine);
  await vitrine.options.click();
  await vitrine.choice("shap.grouping_chosen").check({ force: true });
  await explained(vitrine);
  const gap = vitrine.page.getByRole("toolbar", { name: vitrine.t("shap.gaps_label") }).getByRole("button").nth(1);
  const before = await gap.getAttribute("aria-label");
  await gap.click();
  await until("the gap is another", async () => (await gap.getAttribute("aria-label")) !== before);
  assert.match((await vitrine.address()).get("grouping"), /^[0-4]{5}$/);
  await explained(vitrine);
});

visit("one word, punctuation, emoji and nothing at all", async ({ open }) => {
  const vitrine = await openShap(open);
  for (const text of ["Dull", "?!", "🙂", "(((( ))))"]) {
    await vitrine.type(text);
    await vitrine.live(text);
    await explained(vitrine);
    assert.ok(await vitrine.isDrawn(), text);
  }
  await vitrine.type("");
  await vitrine.text("explain.no_words").first().waitFor();
});

visit("the page answers while an explanation runs", async ({ open }) => {
  const vitrine = await openShap(open, "", LONG);
  await vitrine.page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
    }).observe({ type: "longtask" });
  });
  await vitrine.page.waitForTimeout(3000);
  // 50 ms is what is aimed at; a build that is not optimised, on a busy machine, takes some times as long.
  const longest = await vitrine.page.evaluate(() => window.longest);
  assert.ok(longest < 250, `the page was busy for ${longest} ms`);
  await vitrine.type("A dull film.");
  await vitrine.live("A dull film.");
});

for (const language of ["en", "tr"]) {
  visit(`axe finds nothing in the exhibit of SHAP: ${language}`, async ({ open }) => {
    for (const theme of ["light", "dark"]) {
      const vitrine = await openShap(open, "&token=4", TEXT, { language, query: { theme } });
      await explained(vitrine);
      await vitrine.menu.click();
      await vitrine.menuItem("menu.table").click();
      await vitrine.options.click();
      await vitrine.list("masking.with").selectOption("pad");
      await explained(vitrine);
      for (const summary of await vitrine.page.locator("summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), [], theme);
      await vitrine.page.close();
    }
  });

  visit(`360 px are enough for the exhibit of SHAP: ${language}`, async ({ open }) => {
    for (const picture of ["text", "bars", "waterfall", "interactions", "hierarchy"]) {
      const vitrine = await openShap(open, `&picture=${picture}`, "The acting is great.", { language });
      await explained(vitrine);
      const scroll = await vitrine.page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(scroll, 360, picture);
      await vitrine.page.close();
    }
  }, { viewport: { width: 360, height: 740 } });
}
