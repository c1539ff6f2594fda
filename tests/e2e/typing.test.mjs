// What a person types belongs to the person: no reply, debounce or redraw may touch it.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const SENTENCE = "The acting is great, but the plot is dull and far too long.!";

visit("sixty characters typed without a pause all arrive", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.field.fill("");
  assert.equal(SENTENCE.length, 60);
  await vitrine.field.pressSequentially(SENTENCE, { delay: 0 });
  assert.equal(await vitrine.field.inputValue(), SENTENCE);
  await vitrine.live(SENTENCE);
  assert.equal(await vitrine.field.inputValue(), SENTENCE);
});

visit("typing goes on while replies arrive, at the end and in the middle", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.field.fill("");
  // Pauses around the debounce and around the time of a reply, so that some replies fall between two keys.
  for (const [index, character] of [...SENTENCE].entries()) {
    await vitrine.field.pressSequentially(character);
    if (index % 6 === 5) await vitrine.page.waitForTimeout(140 + (index % 4) * 40);
  }
  assert.equal(await vitrine.field.inputValue(), SENTENCE);
  await vitrine.page.keyboard.press("Control+Home");
  for (const character of "I say: ") {
    await vitrine.page.keyboard.type(character);
    await vitrine.page.waitForTimeout(170);
  }
  assert.equal(await vitrine.field.inputValue(), `I say: ${SENTENCE}`);
  assert.equal(await vitrine.field.evaluate(field => field.selectionStart), "I say: ".length);
  await vitrine.live(`I say: ${SENTENCE}`);
});

visit("undo takes back what was typed, and the page follows", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.field.click();
  await vitrine.page.keyboard.press("End");
  await vitrine.page.keyboard.type(", really");
  await vitrine.live("Not a bad film at all, really");
  for (let press = 0; press < 10 && (await vitrine.field.inputValue()) !== "Not a bad film at all"; press += 1) {
    await vitrine.page.keyboard.press("Control+z");
  }
  assert.equal(await vitrine.field.inputValue(), "Not a bad film at all");
  await vitrine.live("Not a bad film at all");
});

visit("undo takes back an example that was chosen", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.field.fill("My own words");
  await vitrine.live("My own words");
  await vitrine.example("example.meeting").click();
  await vitrine.live(vitrine.t("example.meeting"));
  await vitrine.field.focus();
  for (let press = 0; press < 4 && (await vitrine.field.inputValue()) !== "My own words"; press += 1) {
    await vitrine.page.keyboard.press("Control+z");
  }
  assert.equal(await vitrine.field.inputValue(), "My own words");
  await vitrine.live("My own words");
});

visit("an input method composes undisturbed", async ({ open, context }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.field.fill("");
  await vitrine.field.click();
  const session = await context.newCDPSession(vitrine.page);
  const compose = (text, caret) =>
    session.send("Input.imeSetComposition", { text, selectionStart: caret, selectionEnd: caret });
  for (const text of ["e", "ei", "eig", "eiga"]) {
    await compose(text, text.length);
    // Longer than the debounce, so that a page that listened to unfinished input would now interfere.
    await vitrine.page.waitForTimeout(350);
    assert.equal(await vitrine.field.inputValue(), text);
  }
  assert.notEqual((await vitrine.address()).get("text"), "eiga");
  await session.send("Input.insertText", { text: "映画" });
  await until("the composed word is taken", async () => (await vitrine.address()).get("text") === "映画");
  assert.equal(await vitrine.field.inputValue(), "映画");
  await vitrine.live("映画");
});

visit("any Unicode can be typed", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  for (const text of ["👩‍👩‍👧 loved it 🇹🇷", "e\u0301te\u0301 \u0301", "İyi ve ılık bir gün", "한국어 영화", "\u202Eabc\u200B"]) {
    await vitrine.type(text);
    await vitrine.live(text);
    assert.equal(await vitrine.field.inputValue(), text);
  }
});
