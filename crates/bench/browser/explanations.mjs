// How long explanations take in the page with all its workers, beside shap and lime with PyTorch on all cores.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Site } from "../../../tests/e2e/support/site.mjs";
import { peakResidentBytes } from "./page.mjs";

const run = promisify(execFile);
const locale = JSON.parse(await readFile(new URL("../../../www/locales/en.json", import.meta.url), "utf8"));

const PATIENCE = 600_000;

/** Texts of 10, 25 and 50 words. */
const TEXTS = [
  "It was not a bad film, but far too long.",
  "The plot is thin and the jokes are old, yet the actors are so charming that I could not help laughing with them all evening.",
  "I went in expecting very little, and for the first half hour the film gave me exactly that; then the story turns, the music stops, " +
    "and what had looked like a tired comedy becomes one of the saddest and most honest portraits of a family that I have ever seen.",
];

/** The players of shap's text masker, [CLS] and [SEP] among them: with others a budget would buy other values. */
const SHAP = { exhibit: "shap", masking: "string", players: "special" };

/** What is asked for: the address beside the text, and what Python's figures call it. */
const KINDS = [
  ["owen_exact", SHAP],
  ["owen_500", { ...SHAP, evaluations: "500" }],
  ["lime_1000", { exhibit: "lime", samples: "1000" }],
  ["lime_5000", { exhibit: "lime", samples: "5000" }],
];

const count = (page, name) => page.evaluate(name => performance.getEntriesByName(name).length, name);

/**
 * Waits for one more finished explanation, in the page itself: whoever asks it again and again takes from the workers what
 * is to be measured.
 */
async function explained(page, before) {
  const next = () => page.evaluate(([before, patience]) => new Promise((resolve, reject) => {
    const count = name => performance.getEntriesByName(name).length;
    const costly = count("vitrine:explain-costly");
    const look = () => {
      const mark = ["vitrine:explained", "vitrine:explain-costly"].find((name, at) => count(name) > [before, costly][at]);
      if (mark) observer.disconnect(), resolve(mark);
    };
    const observer = new PerformanceObserver(look);
    observer.observe({ type: "mark" });
    setTimeout(() => reject(new Error("the explanation does not come")), patience);
    look();
  }), [before, PATIENCE]);
  // What would take long waits for a word.
  while ((await next()) === "vitrine:explain-costly") {
    await page.getByRole("button", { name: locale["explain.begin"], exact: true }).click();
  }
}

const fragment = (text, choice) => `#${new URLSearchParams({ v: "1", ...choice, text })}`;

/** One explanation in a page whose workers have all begun, of a text whose masked inputs it has not seen. */
async function measured(browser, site, text, choice) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(() => {
      globalThis.longest_ms = 0;
      new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) globalThis.longest_ms = Math.max(globalThis.longest_ms, duration);
      }).observe({ type: "longtask" });
    });
    for (const warming of ["Some words that warm the workers up.", "And then a few words more, and more."]) {
      const before = await count(page, "vitrine:explained").catch(() => 0);
      await page.goto(`${site.url()}${fragment(warming, { exhibit: "shap" })}`);
      await explained(page, before);
      await page.waitForTimeout(3_000);
    }
    const before = await count(page, "vitrine:explained");
    await page.evaluate(fragment => {
      globalThis.longest_ms = 0;
      globalThis.begun = performance.now();
      location.hash = fragment;
    }, fragment(text, choice));
    await explained(page, before);
    const figures = await page.evaluate(() => {
      const after = name => performance.getEntriesByName(name).find(({ startTime }) => startTime >= globalThis.begun)?.startTime;
      const asked = after("vitrine:explain-asked");
      return {
        first_ms: after("vitrine:explain-part") - asked,
        seconds: (performance.getEntriesByName("vitrine:explained").at(-1).startTime - asked) / 1e3,
        longest_task_ms: globalThis.longest_ms,
      };
    });
    return { ...figures, peak_resident_bytes: await peakResidentBytes(browser) };
  } finally {
    await context.close();
  }
}

/** Figures for each text and kind; Python's only where one that has its packages is named. */
export async function explanationFigures(browser, dist, { vitrine, python, measure }) {
  const site = await Site.start(dist);
  const texts = [];
  try {
    for (const text of TEXTS) {
      const ours = {};
      for (const [kind, choice] of KINDS) ours[kind] = await measured(browser, site, text, choice);
      texts.push({ words: text.split(" ").length, ours });
    }
  } finally {
    await site.close();
  }
  if (!python) return { texts };
  const folder = await mkdtemp(join(tmpdir(), "vitrine-explanations-"));
  try {
    await run(vitrine, ["export", "--out", join(folder, "model")]);
    await writeFile(join(folder, "texts.json"), JSON.stringify(TEXTS));
    const { stdout } = await run(python, [measure, join(folder, "model"), join(folder, "texts.json")]);
    const theirs = JSON.parse(stdout);
    texts.forEach((figure, at) => { figure.python = theirs.texts[at]; });
    return { texts, python_threads: theirs.threads, python_peak_bytes: theirs.peak_kib * 1024 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
