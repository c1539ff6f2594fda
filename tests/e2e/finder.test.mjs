// The head finder: all heads over many sentences, which are alike, and by a drawing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const TEXT = "The film was not bad, and the plot was good.";
// As the shipped model has them.
const HEADS = 72;

const sum = values => values.reduce((a, b) => a + b, 0);
const json = async vitrine => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));

async function openFinder(open, options = {}) {
  const hash = new URLSearchParams({ v: "1", view: "finder", text: TEXT }).toString();
  const vitrine = await open({ hash, ...options });
  await vitrine.live(TEXT);
  return vitrine;
}

/** Chooses one of a few; on a phone it may lie under the sheet of controls until it is in the middle. */
async function choose(vitrine, key) {
  const choice = vitrine.choice(key);
  await choice.evaluate(element => element.scrollIntoView({ block: "center" }));
  await choice.check({ force: true });
}

/** Measures a list of one's own. */
async function measure(vitrine, sentences) {
  await choose(vitrine, "sentences.own");
  await vitrine.page.getByRole("textbox", { name: vitrine.t("sentences.list") }).fill(sentences.join("\n"));
  await vitrine.button("finder.measure").click();
  await vitrine.text("finder.done_own", { count: sentences.length }).waitFor();
}

const cells = vitrine => vitrine.page.locator(".grid--scores").getByRole("button");

/** The metrics of one head, computed again from its attention. */
function metrics(attention, tokens) {
  const count = tokens.length;
  const mean = values => sum(values) / values.length;
  const rows = attention.map((row, destination) => ({ row, destination }));
  const to = test => mean(rows.map(({ row }) => sum(row.filter((_, source) => test(tokens[source], source)))));
  const entropy = mean(rows.map(({ row }) => -sum(row.map(p => (p > 0 ? p * Math.log(p) : 0)))));
  const same = (one, other) => one !== other && !tokens[one].special && tokens[one].piece === tokens[other].piece;
  const repeated = rows.filter(({ destination }) => tokens.some((_, other) => same(destination, other)));
  return {
    previous: mean(rows.slice(1).map(({ row, destination }) => row[destination - 1])),
    next: mean(rows.slice(0, -1).map(({ row, destination }) => row[destination + 1])),
    self: mean(rows.map(({ row, destination }) => row[destination])),
    "to-cls": to((_, source) => source === 0),
    "to-sep": to((_, source) => source === count - 1),
    "to-punctuation": to(({ piece }) => piece === "," || piece === "."),
    "same-word": mean(repeated.map(({ row, destination }) => sum(row.filter((_, source) => same(destination, source))))),
    entropy,
    "normalised-entropy": entropy / Math.log(count),
    "effective-tokens": Math.exp(entropy),
    distance:
      sum(rows.map(({ row, destination }) => sum(row.map((p, source) => p * Math.abs(destination - source))))) / sum(attention.flat()),
  };
}

visit("what is measured over one sentence is what follows from its attention", async ({ open }) => {
  const vitrine = await openFinder(open);
  await measure(vitrine, [TEXT]);
  const survey = await json(vitrine);
  assert.deepEqual([survey.source, survey.read, survey.cut], ["own", 1, 0]);
  assert.equal(survey.heads.length, HEADS);
  await vitrine.choice("view.model").check({ force: true });
  await until("thumbnails are painted", async () => (await vitrine.mark("thumbnails")) !== undefined);
  const { attention, tokens } = await json(vitrine);
  assert.equal(attention.length, HEADS);
  for (const { layer, head, scores } of survey.heads) {
    const found = attention.find(other => other.layer === layer && other.head === head);
    for (const [name, expected] of Object.entries(metrics(found.weights, tokens))) {
      assert.ok(Math.abs(scores[name].mean - expected) < 1e-5, `${layer}.${head} ${name}: ${scores[name].mean}, not ${expected}`);
      assert.deepEqual([scores[name].standard_deviation, scores[name].sentences], [null, 1]);
    }
  }
  for (const rows of survey.mean_attention.attention.flat()) {
    for (const row of rows) assert.ok(Math.abs(sum(row) - 1) < 1e-5);
  }
});

visit("mean and spread are over the sentences of one's own list, and a head leads to its view", async ({ open }) => {
  const vitrine = await openFinder(open);
  const sentences = ["The film was bad.", "A good plot", "Not bad at all, and not dull"];
  const alone = [];
  for (const sentence of sentences) {
    await measure(vitrine, [sentence]);
    alone.push(await json(vitrine));
  }
  await measure(vitrine, sentences);
  const survey = await json(vitrine);
  for (const [index, { scores }] of survey.heads.entries()) {
    for (const metric of ["previous", "to-punctuation", "entropy"]) {
      const values = alone.map(({ heads }) => heads[index].scores[metric].mean).filter(value => value !== null);
      const mean = sum(values) / values.length;
      const deviation = Math.sqrt(sum(values.map(value => (value - mean) ** 2)) / (values.length - 1));
      assert.equal(scores[metric].sentences, values.length);
      assert.ok(Math.abs(scores[metric].mean - mean) < 1e-9 && Math.abs(scores[metric].standard_deviation - deviation) < 1e-9);
    }
  }
  assert.equal(survey.heads[0].scores["to-punctuation"].sentences, 2, "a sentence without punctuation does not count");
  const best = survey.heads.toSorted((one, other) => other.scores.previous.mean - one.scores.previous.mean)[0];
  const place = vitrine.t("model.place", best);
  assert.match(await cells(vitrine).nth(best.layer * 12 + best.head).getAttribute("aria-label"), new RegExp(`^${place}: .* ± .* over 3 sentences$`));
  const rows = vitrine.page.locator(".finder__table tbody").getByRole("row");
  assert.equal(await rows.count(), HEADS);
  assert.equal(await rows.first().getByRole("rowheader").textContent(), place);
  for (const label of survey.heads.flatMap(({ labels }) => labels)) assert.ok(label in survey.label_from);
  await rows.first().getByRole("button").click();
  await until("the head view shows it alone", async () => {
    const address = await vitrine.address();
    return address.get("view") === "head" && address.get("heads") === String(best.head) && (address.get("layer") ?? "0") === String(best.layer);
  });
  await vitrine.page.goBack();
  await until("all of it is still there", async () => (await rows.count()) === HEADS);
  assert.equal(await vitrine.page.getByRole("textbox", { name: vitrine.t("sentences.list") }).inputValue(), sentences.join("\n"));
});

visit("a survey streams, gives way to typing, and can be cancelled", async ({ open }) => {
  const vitrine = await openFinder(open);
  await vitrine.button("finder.measure").click();
  await cells(vitrine).first().waitFor();
  const progress = vitrine.page.getByRole("progressbar", { name: vitrine.t("finder.measuring") });
  const done = async () => Number(await progress.getAttribute("value"));
  const first = await done();
  await vitrine.type("Another film");
  await vitrine.live("Another film");
  await until("it goes on", async () => (await done()) > first);
  assert.ok((await done()) < 252, "typing was answered before the end");
  await vitrine.button("ranking.cancel").click();
  await vitrine.text("finder.none").waitFor();
  assert.equal(await progress.count(), 0);
});

visit("the map leads to a head, says which are most like it, and the keyboard reaches it", async ({ open }) => {
  const vitrine = await openFinder(open);
  await measure(vitrine, [TEXT, "A good plot"]);
  const { likeness } = await json(vitrine);
  await choose(vitrine, "finder.tool_map");
  const points = vitrine.page.locator(".map").getByRole("button");
  await points.first().waitFor();
  assert.equal(await points.count(), HEADS);
  await points.first().focus();
  await vitrine.page.keyboard.press("ArrowDown");
  await vitrine.page.keyboard.press("ArrowRight");
  // Layer 1, head 1.
  const row = likeness.jensen_shannon[13];
  const nearest = row.map((value, index) => ({ value, index })).filter(({ index }) => index !== 13).sort((a, b) => a.value - b.value);
  const names = nearest.slice(0, 3).map(({ index }) => likeness.heads[index].join("."));
  const about = await vitrine.page.locator(".finder__about").textContent();
  assert.deepEqual([...about.matchAll(/(\d+\.\d+) \(/g)].map(match => match[1]), names);
  const [one, other] = await Promise.all([0, 71].map(index => points.nth(index).boundingBox()));
  const [from, to] = [0, 71].map(index => likeness.map[index]);
  const scale = Math.hypot(from.x - to.x, from.y - to.y) / Math.hypot(one.x - other.x, one.y - other.y);
  const [a, b] = await Promise.all([5, 40].map(index => points.nth(index).boundingBox()));
  const apart = Math.hypot(likeness.map[5].x - likeness.map[40].x, likeness.map[5].y - likeness.map[40].y);
  assert.ok(Math.abs(Math.hypot(a.x - b.x, a.y - b.y) * scale - apart) < apart * 0.02 + scale, "distances are those of the map");
  await vitrine.page.keyboard.press("Enter");
  await until("it is looked at", async () => {
    const address = await vitrine.address();
    return address.get("view") === "head" && address.get("layer") === "1" && address.get("heads") === "1";
  });
});

visit("a template is drawn by keyboard and pointer, and orders the heads", async ({ open }) => {
  const vitrine = await openFinder(open);
  await choose(vitrine, "finder.tool_template");
  const pad = vitrine.page.getByRole("application", { name: vitrine.t("finder.pad") });
  const status = vitrine.page.locator("#pad-about");
  await pad.focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await vitrine.page.keyboard.press(key);
  await vitrine.page.keyboard.press(" ");
  await until("the cell is drawn", async () => (await status.textContent()) === vitrine.t("finder.cell_drawn", { query: "film", key: "the" }));
  const rows = vitrine.page.locator(".finder__ranked tbody").getByRole("row");
  assert.equal(await rows.count(), HEADS);
  const one = await json(vitrine);
  assert.deepEqual(one.cells, [[2, 1]]);
  await pad.focus();
  await vitrine.page.keyboard.press("ArrowRight");
  await vitrine.page.keyboard.press(" ");
  const two = await json(vitrine);
  assert.deepEqual(two.cells, [[2, 1], [2, 2]]);
  assert.notDeepEqual(two.heads, one.heads, "the order follows the drawing");

  // Drawing with the pointer: along the row of the first token.
  await vitrine.button("finder.clear").click();
  await pad.evaluate(element => element.scrollIntoView({ block: "center" }));
  const canvas = await pad.locator("canvas").boundingBox();
  const cell = canvas.width / two.tokens.length;
  await vitrine.page.mouse.move(canvas.x + cell / 2, canvas.y + cell / 2);
  await vitrine.page.mouse.down();
  await vitrine.page.mouse.move(canvas.x + cell * 2.5, canvas.y + cell / 2, { steps: 6 });
  await vitrine.page.mouse.up();
  assert.deepEqual((await json(vitrine)).cells, [[0, 0], [0, 1], [0, 2]]);

  await vitrine.button("finder.preset_previous").click();
  const previous = await json(vitrine);
  await vitrine.choice("view.model").check({ force: true });
  await until("thumbnails are painted", async () => (await vitrine.mark("thumbnails")) !== undefined);
  const { attention } = await json(vitrine);
  for (const { layer, head, share } of previous.heads) {
    const { weights } = attention.find(other => other.layer === layer && other.head === head);
    const on = sum(weights.slice(1).map((row, index) => row[index])) / sum(weights.flat());
    assert.ok(Math.abs(on - share) < 1e-6, `${layer}.${head}: ${share}, not ${on}`);
  }
  const shares = previous.heads.map(({ share }) => share);
  assert.deepEqual(shares, shares.toSorted((a, b) => b - a));

  await vitrine.choice("view.finder").check({ force: true });
  const long = Array(12).fill(TEXT).join(" ");
  await vitrine.type(long);
  await vitrine.page.locator(".finder .hint", { hasText: "64" }).waitFor();
});

visit("files hold every number, and a picture of what is looked at", async ({ open }) => {
  const vitrine = await openFinder(open);
  await measure(vitrine, [TEXT, "A good plot"]);
  const csv = (await vitrine.download("menu.csv")).bytes.toString("utf8").trimEnd().split("\r\n");
  assert.equal(csv.shift(), "layer,head,metric,mean,standard_deviation,sentences,label,model_hash");
  assert.equal(csv.length, HEADS * 13);
  const { name, bytes } = await vitrine.download("menu.svg");
  assert.equal(name, "vitrine-head-survey.svg");
  assert.ok(bytes.toString("utf8").includes("mean over 2 sentences"));
  await choose(vitrine, "finder.tool_mean");
  await vitrine.head(3).dblclick();
  await vitrine.page.locator(".finder__picture canvas").waitFor();
  const heading = vitrine.t("finder.mean_heading_of_one", { layer: 0, head: 3, count: 2 });
  const picture = vitrine.page.getByRole("img", { name: vitrine.t("finder.mean_picture", { heading }), exact: true });
  await picture.focus();
  assert.equal(await vitrine.page.getByRole("region", { name: heading, exact: true }).count(), 1, "the table alone");
  const mean = (await vitrine.download("menu.svg")).bytes.toString("utf8");
  assert.ok(mean.includes("Mean attention in layer 0, head 3, over 2 sentences"));
  assert.ok((await vitrine.download("menu.png")).bytes.length > 5_000);
});

visit("mean attention is looked at as that of a text is, and left again", async ({ open }) => {
  const vitrine = await openFinder(open);
  await measure(vitrine, [TEXT, "A good plot"]);
  const { attention: means } = (await json(vitrine)).mean_attention;
  await choose(vitrine, "finder.tool_mean");
  await vitrine.button("finder.mean_look").click();
  await vitrine.button("import.leave").waitFor();
  const { import: from, attention } = await json(vitrine);
  assert.equal(from.name, vitrine.t("finder.mean_name", { count: 2 }));
  for (const { layer, head, weights } of attention) assert.deepEqual(weights, means[layer][head]);
  assert.equal(attention.length, means[0].length);
  assert.ok((await vitrine.queries.first().textContent()).includes("[CLS]"));
  await vitrine.button("import.leave").click();
  await vitrine.page.locator(".finder__picture canvas").waitFor();
});

for (const language of ["en", "tr"]) {
  for (const theme of ["light", "dark"]) {
    visit(`axe finds nothing in the finder: ${language}, ${theme}`, async ({ open }) => {
      const vitrine = await openFinder(open, { language, query: { theme } });
      const findings = async () => {
        await vitrine.page.evaluate(AXE);
        const { violations } = await vitrine.page.evaluate(tags => window.axe.run(document, { runOnly: tags }), TAGS);
        return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
      };
      assert.deepEqual(await findings(), [], "before anything is measured");
      await measure(vitrine, [TEXT, "A good plot"]);
      for (const tool of ["metrics", "map", "mean", "template"]) {
        await choose(vitrine, `finder.tool_${tool}`);
        if (tool === "template") await vitrine.button("finder.preset_previous").click();
        assert.deepEqual(await findings(), [], tool);
      }
    });
  }

  visit(`360 px are enough for the finder: ${language}`, async ({ open }) => {
    const vitrine = await openFinder(open, { language });
    await measure(vitrine, [TEXT, "A good plot"]);
    for (const tool of ["metrics", "map", "mean", "template"]) {
      await choose(vitrine, `finder.tool_${tool}`);
      if (tool === "template") await vitrine.button("finder.preset_previous").click();
      await vitrine.page.waitForTimeout(300);
      assert.equal(await vitrine.page.evaluate(() => document.documentElement.scrollWidth), 360, tool);
    }
  }, { viewport: { width: 360, height: 740 } });
}
