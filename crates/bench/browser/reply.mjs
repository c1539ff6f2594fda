// How long one waits for a reply: from the page's question to the worker until the new picture is drawn.
import { Site } from "../../../tests/e2e/support/site.mjs";

const ROUNDS = 24;
const PATIENCE = 60_000;

/** Thirty words that are one token each, so that with [CLS] and [SEP] there are 32. */
const WORDS = (
  "the film was not as good as the book but it had some very fine moments and the music in the last part " +
  "was great so we all went home"
).split(" ");

/** Best and median milliseconds over some sentences of 32 tokens, all layers' attention included. */
export async function replyFigures(browser, folder) {
  const site = await Site.start(folder);
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const mark = performance.mark.bind(performance);
      performance.mark = (name, ...rest) => {
        // A frame's work is done when a task that was queued in it runs.
        if (name === "vitrine:reply") requestAnimationFrame(() => setTimeout(() => mark("bench:frame")));
        return mark(name, ...rest);
      };
    });
    await page.goto(site.url());
    const field = page.locator("textarea").first();
    const replied = [];
    const shown = [];
    await page.waitForFunction(() => performance.getEntriesByName("bench:frame").length > 0, null, { timeout: PATIENCE });
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await page.evaluate(() => performance.getEntriesByName("bench:frame").length);
      const words = WORDS.toSpliced(round % WORDS.length, 1, "only");
      await field.fill(words.join(" "));
      await page.waitForFunction(
        before => performance.getEntriesByName("bench:frame").length > before,
        before,
        { timeout: PATIENCE },
      );
      const [asked, reply, frame, tokens] = await page.evaluate(() => [
        ...["vitrine:asked", "vitrine:reply", "bench:frame"].map(name => performance.getEntriesByName(name).at(-1).startTime),
        document.querySelectorAll(".strip button").length,
      ]);
      if (tokens !== WORDS.length + 2) throw new Error(`the sentence has ${tokens} tokens and not ${WORDS.length + 2}`);
      replied.push(reply - asked);
      shown.push(frame - asked);
    }
    await context.close();
    return { tokens: WORDS.length + 2, rounds: ROUNDS, reply: spread(replied), frame: spread(shown) };
  } finally {
    await site.close();
  }
}

function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { best_ms: sorted[0], median_ms: sorted[sorted.length >> 1] };
}
