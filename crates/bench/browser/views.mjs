// How soon the views of attention stand there, and how long a frame takes while one points at them, beside BertViz's
// own pages of the same attention in the same browser.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Site } from "../../../tests/e2e/support/site.mjs";

const run = promisify(execFile);
const { resolve } = createRequire(import.meta.url);
const locale = JSON.parse(await readFile(new URL("../../../www/locales/en.json", import.meta.url), "utf8"));

const PATIENCE = 120_000;
const ROUNDS = 5;
/** Tokens of a text, special tokens included. */
const SIZES = [64, 128];
/** Places that are pointed at one after the other. */
const HOVERS = 40;

/** A text of so many tokens: its words are one token each. */
const text = tokens => {
  const words = "the film was not as good as the book but it had some very fine moments and the music was great".split(" ");
  return Array.from({ length: tokens - 2 }, (_, index) => words[index % words.length]).join(" ");
};

const spread = times => {
  const sorted = [...times].sort((a, b) => a - b);
  return { best_ms: sorted[0], median_ms: sorted[sorted.length >> 1], worst_ms: sorted.at(-1) };
};

/** Milliseconds of work that each move of the pointer makes: in its event, and in the frame that shows it. */
async function hoverTimes(page, places) {
  await page.evaluate(() => {
    globalThis.works_ms = [];
    const channel = new MessageChannel();
    let handled = 0;
    addEventListener("pointermove", () => {
      const start = performance.now();
      // A message arrives when all that the event began is done.
      channel.port1.onmessage = () => { handled = performance.now() - start; };
      channel.port2.postMessage(null);
      requestAnimationFrame(() => {
        const begun = performance.now();
        // A task that is queued in a frame runs when the frame is drawn.
        setTimeout(() => globalThis.works_ms.push(handled + performance.now() - begun));
      });
    }, { capture: true });
  });
  for (const { x, y } of places) {
    await page.mouse.move(x, y);
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done))));
  }
  return page.evaluate(() => globalThis.works_ms);
}

const within = ({ x, y, width, height }, count) =>
  Array.from({ length: count }, (_, index) => ({
    x: x + width * (((index * 7) % count) + 0.5) / count,
    y: y + height * (((index * 3) % count) + 0.5) / count,
  }));

/** Puts a text on the page, whose attention the model computes. */
const ofText = tokens => async (page, site) => {
  await page.goto(`${site.url()}#${new URLSearchParams({ v: "1", text: text(tokens) })}`);
  await page.locator(".origin--live").waitFor({ state: "attached", timeout: PATIENCE });
};

/** Puts attention from a file on the page. */
const ofFile = path => async (page, site) => {
  await page.goto(site.url());
  await page.locator("input[type=file]").setInputFiles(path);
  const leave = page.getByRole("button", { name: locale["import.leave"], exact: true });
  await leave.waitFor({ timeout: PATIENCE });
};

/** Ours: the model view from the click to the last thumbnail, and to the first frame that answers the pointer. */
async function ours(browser, site, show) {
  const whole = [];
  const interactive = [];
  let hover = [];
  let layers = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
    const page = await context.newPage();
    await show(page, site);
    layers = await page.locator(".layer").count();
    await page.evaluate(() => {
      const input = document.querySelectorAll("input[name=view]")[1];
      globalThis.clicked = performance.now();
      input.click();
      requestAnimationFrame(() => setTimeout(() => { globalThis.answers = performance.now(); }));
    });
    await page.waitForFunction(() => performance.getEntriesByName("vitrine:thumbnails").length > 0, null, { timeout: PATIENCE });
    const [clicked, answers, painted] = await page.evaluate(() => [
      globalThis.clicked,
      globalThis.answers,
      performance.getEntriesByName("vitrine:thumbnails").at(-1).startTime,
    ]);
    interactive.push(answers - clicked);
    whole.push(painted - clicked);
    if (round === 0) hover = await hoverTimes(page, within(await page.locator(".grid__cells").boundingBox(), HOVERS));
    await context.close();
  }
  return { layers, interactive: spread(interactive), whole: spread(whole), hover: spread(hover) };
}

/** BertViz's: from its first script to the end of the frame in which its last thumbnail stands there. */
async function theirs(browser, site, name) {
  const times = [];
  let lines = 0;
  for (let round = 0; round < 2; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
    // It takes its libraries from a host; here they come from this machine, so that no network is measured.
    for (const [pattern, file] of [
      ["**/require.min.js", "requirejs/require.js"],
      ["**/d3.min.js", "d3/dist/d3.min.js"],
      ["**/jquery.min.js", "jquery/dist/jquery.min.js"],
    ]) {
      await context.route(pattern, route => route.fulfill({ path: resolve(file) }));
    }
    const page = await context.newPage();
    await page.goto(`${site.url()}${name}.html`, { timeout: PATIENCE });
    await page.waitForFunction(() => document.querySelectorAll("#vis svg line, svg line").length > 0, null, { timeout: PATIENCE });
    const { time, count } = await page.evaluate(() => new Promise(done => {
      requestAnimationFrame(() => setTimeout(() => done({
        time: performance.now() - performance.getEntriesByType("navigation")[0].responseEnd,
        count: document.querySelectorAll("svg line").length,
      })));
    }));
    times.push(time);
    lines = count;
    await context.close();
  }
  return { ready: spread(times), svg_lines: lines };
}

/** Figures for each size; those of BertViz only where a Python that has it is named. */
export async function viewFigures(browser, dist, { vitrine, python, makePages }) {
  const site = await Site.start(dist);
  const figures = [];
  try {
    for (const tokens of SIZES) {
      const figure = { tokens, ours: await ours(browser, site, ofText(tokens)) };
      if (python) Object.assign(figure, await besideBertviz(browser, site, tokens, { vitrine, python, makePages }));
      figures.push(figure);
    }
  } finally {
    await site.close();
  }
  return figures;
}

/** BertViz's pages of the same attention, and ours of twelve layers, which are the model's six taken twice. */
async function besideBertviz(browser, own, tokens, { vitrine, python, makePages }) {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-bertviz-"));
  try {
    const trace = join(folder, "trace.safetensors");
    await run(vitrine, ["trace", "--text", text(tokens), "--out", trace]);
    const { stdout } = await run(vitrine, ["predict", "--text", text(tokens)], { maxBuffer: 1 << 26 });
    await writeFile(join(folder, "tokens.json"), JSON.stringify(JSON.parse(stdout).tokens.map(token => token.piece)));
    await run(python, [makePages, trace, join(folder, "tokens.json"), join(folder, "pages")]);
    const site = await Site.start(join(folder, "pages"));
    try {
      return {
        ours_of_12_layers: await ours(browser, own, ofFile(join(folder, "pages", "attention-12.json"))),
        bertviz: await theirs(browser, site, "model"),
        bertviz_of_12_layers: await theirs(browser, site, "model-12"),
      };
    } finally {
      await site.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
