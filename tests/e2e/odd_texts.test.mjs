// What the exhibits of explanations make of texts that hardly are any: none, one word, only punctuation, emoji, and more
// than the model reads. What long texts cost is asked in explaining.test.mjs.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const WORD = "Good";
const PUNCTUATION = "!?";
/** A family of four that joiners hold together, and a flag, which is two letters. */
const EMOJI = "👩‍👩‍👧‍👦 🇹🇷";
const LONGEST = "The story drags on and on, and nobody knows why. ".repeat(60);
const READABLE = { [WORD]: 1, [PUNCTUATION]: 2, [EMOJI]: 2 };

/** Opens an exhibit without a text. Nothing that is typed later may be an error of the page or widen it. */
function walk(name, body) {
  visit(name, async ({ open, context }) => {
    const errors = [];
    context.on("weberror", event => errors.push(event.error().message));
    context.on("console", message => message.type() === "error" && errors.push(message.text()));
    await body(async hash => {
      const vitrine = await open({ hash });
      await vitrine.ready();
      return vitrine;
    });
    for (const page of context.pages()) {
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    }
    assert.deepEqual(errors, []);
  }, { viewport: { width: 360, height: 740 } });
}

/** Says that there is nothing to explain, and draws nothing. */
async function saysThatThereIsNothing(vitrine) {
  await vitrine.page.locator(".progress__said", { hasText: vitrine.t("explain.no_words") }).waitFor();
  await vitrine.text("notice.empty").waitFor();
  assert.equal(await vitrine.explainedTarget(/./).count(), 0);
}

async function read(vitrine, text) {
  await vitrine.type(text);
  await vitrine.live(text);
  if (text === EMOJI) await vitrine.text("notice.unknown", { text: EMOJI }).waitFor();
}

const json = async vitrine => JSON.parse((await vitrine.download("menu.json")).bytes.toString("utf8"));

walk("SHAP gives whatever tokens there are their values", async open => {
  const vitrine = await open("v=1&exhibit=shap&text=");
  await saysThatThereIsNothing(vitrine);
  for (const [text, tokens] of Object.entries(READABLE)) {
    await read(vitrine, text);
    await vitrine.explained();
    const { base_value, prediction, features } = await json(vitrine);
    assert.equal(features.length, tokens, text);
    const sum = features.reduce((sum, { value }) => sum + value, base_value);
    assert.ok(Math.abs(sum - prediction) < 1e-9, text);
    assert.ok((await vitrine.explainedTarget(/./).count()) >= tokens, text);
  }
});

walk("LIME says why it has nothing to delete", async open => {
  const vitrine = await open("v=1&exhibit=lime&samples=200&text=");
  await saysThatThereIsNothing(vitrine);
  await read(vitrine, WORD);
  await vitrine.explained();
  await vitrine.page.locator(".warning", { hasText: vitrine.t("lime.one_word").split("{")[0] }).waitFor();
  for (const text of [PUNCTUATION, EMOJI]) {
    await read(vitrine, text);
    await vitrine.page.locator(".progress__said", { hasText: vitrine.t("explain.no_lime_words") }).waitFor();
    assert.equal(await vitrine.explainedTarget(/./).count(), 0, text);
  }
});

walk("salience of whatever tokens there are", async open => {
  const vitrine = await open("v=1&exhibit=salience&steps=5&text=");
  await saysThatThereIsNothing(vitrine);
  for (const [text, tokens] of Object.entries(READABLE)) {
    await read(vitrine, text);
    await until("the gap is known", async () => /\d/.test(await vitrine.page.locator(".fit dd").last().textContent()));
    await vitrine.explained();
    const { methods } = await json(vitrine);
    // [CLS] and [SEP], which gradients give values too, are never taken away.
    assert.deepEqual(methods.map(({ values }) => values.length), methods.map(() => tokens + 2), text);
    assert.ok(methods.every(({ values }) => values.slice(1, -1).every(Number.isFinite)), text);
  }
});

walk("agreement is of the methods that have something to say", async open => {
  const vitrine = await open("v=1&exhibit=agreement&samples=200&steps=5&text=");
  await saysThatThereIsNothing(vitrine);
  await read(vitrine, WORD);
  await vitrine.text("agreement.faithful_one_word").waitFor();
  for (const text of [PUNCTUATION, EMOJI]) {
    await read(vitrine, text);
    await vitrine.text("agreement.trust_silent", { methods: vitrine.t("lime.title") }).waitFor();
    await vitrine.text("agreement.seeds_none").waitFor();
    await until("what can be compared is", async () => (await json(vitrine)).methods.filter(of => of.is_final).length === 4);
  }
  await vitrine.type(LONGEST);
  await vitrine.page.getByText(vitrine.t("notice.truncated").split("{")[0]).first().waitFor();
});

walk("a list has the lines that have a word, and says so", async open => {
  const vitrine = await open(`v=1&exhibit=dataset&data=own&text=${WORD}`);
  const list = vitrine.page.getByRole("textbox", { name: vitrine.t("sentences.list") });
  const count = count => vitrine.text("sentences.about_own", { count, most: "2,000" });
  await vitrine.text("dataset.no_texts").waitFor();
  await list.fill(`${PUNCTUATION}\n\n${EMOJI}\n`);
  await count("0").waitFor();
  assert.ok(await vitrine.button("dataset.begin").isDisabled());
  await list.fill(LONGEST);
  await count("1").waitFor();
  await until("it can begin", () => vitrine.button("dataset.begin").isEnabled());
  await vitrine.button("dataset.begin").click();
  await vitrine.button("explain.cancel").click();
  await vitrine.text("dataset.phase_cancelled").waitFor({ state: "attached" });
  await vitrine.text("dataset.nothing_yet").waitFor();
  await list.fill(`${PUNCTUATION}\n${WORD}\n${EMOJI} ${WORD}\n`);
  await count("2").waitFor();
  await until("it can begin", () => vitrine.button("dataset.begin").isEnabled());
  await vitrine.button("dataset.begin").click();
  await vitrine.page.getByText(vitrine.t("dataset.phase_done"), { exact: true }).waitFor({ state: "attached" });
  assert.deepEqual((await json(vitrine)).texts.map(({ text }) => text), [WORD, `${EMOJI} ${WORD}`]);
});
