// The views of attention: heads, model, neurons, and what they share.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { shownNumber, until } from "./support/vitrine.mjs";

const TEXT = "The acting is great, but the plot is dull.";
const PAIR = "I liked the music.";
const TOKENS = 13;

const at = (text, settings = {}) => new URLSearchParams({ v: "1", text, ...settings }).toString();

/** The percentages at one end of the picture. */
const numbers = async ends =>
  (await ends.locator(".end__number").allTextContents()).map(text => shownNumber(text.replace(/[%<>]/g, "")) / 100);

const sum = values => values.reduce((a, b) => a + b, 0);

visit("several tokens are chosen with Ctrl, and what they give is summed", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { layer: "2" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await vitrine.queries.nth(2).click();
  await vitrine.queries.nth(4).click({ modifiers: ["Control"] });
  await until("both are in the address", async () => (await vitrine.address()).get("token") === "2.4");
  await vitrine.page.mouse.move(0, 0);
  await until("numbers of two rows", async () => Math.abs(sum(await numbers(vitrine.keys)) - 2) < 0.03);
  await vitrine.queries.nth(2).click({ modifiers: ["Shift"] });
  await until("one is let go", async () => (await vitrine.address()).get("token") === "4");
});

visit("options leave out, and the page says that rows are not whole any more", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { pair: PAIR, layer: "2" }) });
  await vitrine.ready();
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  await vitrine.options.click();
  assert.equal(await vitrine.page.locator(".warning").count(), 0);
  await vitrine.choice("segments.ab").check({ force: true });
  await until("only the second sentence answers", async () => (await vitrine.keys.count()) === 6);
  assert.equal(await vitrine.queries.count(), TOKENS);
  await vitrine.page.locator(".warning").waitFor();
  await vitrine.tick("options.hide_special").check();
  await until("no special tokens", async () => (await vitrine.keys.count()) === 5);
  await vitrine.slider("options.top_p").fill("50");
  await until("the address keeps it", async () => {
    const address = await vitrine.address();
    return address.get("top_p") === "50" && address.get("special") === "hidden" && address.get("segments") === "ab";
  });
  await vitrine.page.getByRole("button", { name: vitrine.t("options.reset") }).click();
  await until("all is as the model has it", async () => (await vitrine.keys.count()) === TOKENS + 6);
  assert.equal(await vitrine.page.locator(".warning").count(), 0);
});

visit("pieces of a word can be one, and a row still sums to 1", async ({ open }) => {
  const text = "An unputdownable film";
  const vitrine = await open({ hash: at(text, { layer: "1" }) });
  await vitrine.ready();
  await vitrine.live(text);
  const pieces = await vitrine.queries.count();
  await vitrine.options.click();
  await vitrine.tick("options.merge_words").check();
  await until("fewer rows", async () => (await vitrine.queries.count()) < pieces);
  assert.deepEqual(
    (await vitrine.queries.locator(".end__text").allTextContents()),
    ["[CLS]", "an", "unputdownable", "film", "[SEP]"],
  );
  await vitrine.queries.nth(2).hover();
  await until("a whole row", async () => Math.abs(sum(await numbers(vitrine.keys)) - 1) < 0.02);
});

visit("the picture lies down, and becomes a heat map with the exact number of a cell", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { layer: "2", heads: "3", token: "1" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await vitrine.options.click();
  const upright = await vitrine.picture();
  await vitrine.choice("drawing.lines_across").check({ force: true });
  await until("the lines are drawn anew", async () => (await vitrine.picture()) !== upright);
  const [first, second] = await Promise.all([0, 1].map(index => vitrine.queries.nth(index).boundingBox()));
  assert.ok(second.x > first.x && Math.abs(second.y - first.y) < 1, "tokens are beside each other");
  await vitrine.choice("drawing.heat_map").check({ force: true });
  const cells = vitrine.page.locator(".heat__cells canvas");
  await cells.waitFor();
  const { width, height } = await cells.boundingBox();
  await cells.hover({ position: { x: width * 6.5 / TOKENS, y: height * 3.5 / TOKENS } });
  const about = vitrine.page.locator(".heat__about");
  await until("the cell is said", async () => /“is” → “but”: 0\.\d{4}/.test(await about.textContent()));
  const [said] = /0\.\d{4}/.exec(await about.textContent());
  const json = JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));
  assert.equal(json.settings.drawing, "heat-map");
  assert.equal(json.attention[0].weights[3][6].toFixed(4), said);
});

visit("the model view leads to a head, which is then the head of all views", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { view: "model" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await until("thumbnails are painted", async () => (await vitrine.mark("thumbnails")) !== undefined);
  const head = vitrine.thumbnail(2, 3);
  await head.hover();
  await vitrine.page.locator(".preview__name", { hasText: vitrine.t("model.place", { layer: 2, head: 3 }) }).waitFor();
  await head.click();
  await until("layer and head are chosen", async () => {
    const address = await vitrine.address();
    return address.get("layer") === "2" && address.get("heads") === "3";
  });
  await vitrine.queries.first().waitFor();
  assert.equal(await vitrine.queries.count(), TOKENS);
  await head.press("ArrowRight");
  await vitrine.page.keyboard.press("ArrowDown");
  await vitrine.page.keyboard.press("Enter");
  await until("the keyboard chooses too", async () => {
    const address = await vitrine.address();
    return address.get("layer") === "3" && address.get("heads") === "4";
  });
  await vitrine.choice("view.head").check({ force: true });
  assert.equal(await vitrine.head(4).getAttribute("aria-pressed"), "true");
  assert.equal(await vitrine.head(3).getAttribute("aria-pressed"), "false");
  await vitrine.page.goBack();
  await until("Back leads to the model view", async () => (await vitrine.address()).get("view") === "model");
});

visit("heads are ordered by what they do", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { view: "model" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await vitrine.page.getByRole("combobox").selectOption("previous");
  const scores = vitrine.page.locator(".grid__score");
  await scores.first().waitFor();
  const shown = (await scores.allTextContents()).map(text => shownNumber(text.replace(/[%<>]/g, "")));
  assert.equal(shown.length, 72);
  assert.deepEqual(shown, [...shown].sort((a, b) => b - a));
  assert.ok(shown[0] > 50, "this model has a head that looks back");
});

visit("the neuron view computes on from the head and the token that are chosen", async ({ open }) => {
  const vitrine = await open({ hash: at(TEXT, { view: "neuron", layer: "2", heads: "3", token: "4" }) });
  await vitrine.ready();
  await vitrine.live(TEXT);
  await vitrine.page.locator(".neuron").waitFor();
  const read = async () => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8")).computation;
  const computation = await read();
  assert.deepEqual([computation.layer, computation.head, computation.destination], [2, 3, 4]);
  const { query, keys, scores, probabilities, values, head_output: output } = computation;
  const size = query.length;
  const softmax = scores.map(score => Math.exp(score - Math.max(...scores)));
  for (const [token, probability] of probabilities.entries()) {
    const product = sum(query.map((value, index) => value * keys[token * size + index])) / Math.sqrt(size);
    assert.ok(Math.abs(product - scores[token]) < 1e-4, `score of token ${token}`);
    assert.ok(Math.abs(softmax[token] / sum(softmax) - probability) < 1e-5, `softmax of token ${token}`);
  }
  for (const [index, value] of output.entries()) {
    const expected = sum(probabilities.map((probability, token) => probability * values[token * size + index]));
    assert.ok(Math.abs(expected - value) < 1e-5, `output ${index}`);
  }
  await vitrine.tokens.nth(7).click();
  await until("another token asks", async () => (await read()).destination === 7);
});

visit("in all views a long text stays usable", async ({ open }) => {
  const text = Array(12).fill(TEXT).join(" ");
  const vitrine = await open({ hash: at(text, { view: "model" }) });
  await vitrine.ready();
  await vitrine.text("origin.live_text").waitFor({ state: "attached" });
  await vitrine.text("model.coarse").waitFor();
  await vitrine.thumbnail(4, 5).click();
  await vitrine.queries.first().waitFor();
  await vitrine.choice("view.neuron").check({ force: true });
  await vitrine.page.locator(".neuron").waitFor();
});
