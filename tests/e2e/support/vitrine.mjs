// The page as a person finds it: by roles and by the words of the locale files. When the page changes, change this.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const locales = Object.fromEntries(
  ["en", "tr"].map(language => [
    language,
    JSON.parse(readFileSync(new URL(`../../../www/locales/${language}.json`, import.meta.url), "utf8")),
  ]),
);

const PATIENCE = 90_000;

/** No place for a value is left empty in what a picture says. */
function assertFilledIn(svg) {
  assert.doesNotMatch(svg, /\{[a-z_]+\}/);
}

/** An open page. */
export class Vitrine {
  constructor(page, language) {
    this.page = page;
    this.language = language;
    page.setDefaultTimeout(PATIENCE);
  }

  /** The words of a key, with placeholders filled in. */
  t(key, values = {}) {
    const text = locales[this.language][key];
    assert.ok(text !== undefined, `the locales have no ${key}`);
    return text.replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  get field() {
    return this.page.getByRole("textbox", { name: this.t("input.label") });
  }

  get pairField() {
    return this.page.getByRole("textbox", { name: this.t("input.pair") });
  }

  example(key) {
    return this.page.getByRole("button", { name: this.t(key), exact: true });
  }

  layer(number) {
    return this.page.getByRole("radio", { name: this.t("layers.layer", { layer: number }), exact: true });
  }

  get heads() {
    return this.#toolbar("heads.label");
  }

  head(number) {
    return this.heads.getByRole("button", { name: this.t("heads.head", { head: number }), exact: true });
  }

  /** The tokens of the strip. */
  get tokens() {
    return this.#toolbar("strip.label").getByRole("button");
  }

  /** The tokens at the left of the picture. */
  get queries() {
    return this.#toolbar("attention.query_label").getByRole("button");
  }

  /** The tokens at the right of the picture. */
  get keys() {
    return this.#toolbar("attention.key_label").getByRole("button");
  }

  /** What is said when the model cannot be had, or a text not be computed. */
  get alert() {
    return this.page.locator(".hall__engine").getByRole("alert");
  }

  /** What is said when a file cannot be shown. */
  get fileAlert() {
    return this.page.locator(".import").getByRole("alert");
  }

  get restart() {
    return this.page.getByRole("button", { name: this.t("problem.restart") });
  }

  get menu() {
    return this.page.locator("summary", { hasText: this.t("menu.name") });
  }

  menuItem(key) {
    return this.page.getByRole("button", { name: this.t(key), exact: true });
  }

  /** The handle of the sheet that the controls are on a phone. */
  get sheet() {
    return this.page.locator(".controls__handle");
  }

  /** What opens the options of what is shown. */
  get options() {
    return this.page.locator("summary", { hasText: this.t("exhibit.options") });
  }

  /** One of a few that are chosen from, by its word. */
  choice(key) {
    return this.page.getByRole("radio", { name: this.t(key), exact: true });
  }

  tick(key) {
    return this.page.getByRole("checkbox", { name: this.t(key), exact: true });
  }

  slider(key) {
    return this.page.getByRole("slider", { name: this.t(key) });
  }

  /** The link to an exhibit, by its title. */
  exhibit(key) {
    return this.page.getByRole("navigation", { name: this.t("exhibits.label") }).getByRole("link", { name: this.t(key), exact: true });
  }

  /** A list that unfolds, by its name. */
  list(key) {
    return this.page.getByRole("combobox", { name: this.t(key), exact: true });
  }

  /** Something in the picture of an explanation that can be pointed at. */
  explainedTarget(name) {
    return this.page.locator(".explained__targets").getByRole("button", { name });
  }

  /** Waits until the explanation that is asked for is all there. What takes long waits for someone's word; on a machine that
   * is slow enough that is every explanation. */
  async explained() {
    // What was just done is on the screen first: otherwise this would be the phase of the question before.
    await this.page.evaluate(() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const done = this.page.getByText(this.t("explain.phase_done"), { exact: true });
    const begin = this.button("explain.begin");
    await until("the explanation", async () => {
      if (await begin.isVisible()) await begin.click();
      return (await done.count()) > 0;
    }, 2 * PATIENCE);
    await this.page.locator(".explained-frame:not(.explained-frame--before) canvas[width]").waitFor({ state: "attached" });
  }

  /** A head of the model view. */
  thumbnail(layer, head) {
    return this.#toolbar("model.label").getByRole("button", {
      name: this.t("model.place", { layer, head }),
      exact: true,
    });
  }

  /** The twin table of the picture. */
  get table() {
    return this.page.getByRole("region", { name: this.t("table.all", { layer: "" }).split(":")[0] }).getByRole("table");
  }

  get notices() {
    return this.page.getByRole("list", { name: this.t("notice.label") });
  }

  languageSwitch(tag) {
    const key = { en: "language.english", tr: "language.turkish" }[tag];
    return this.page.getByRole("button", { name: this.t(key), exact: true });
  }

  theme(name) {
    return this.page.getByRole("button", { name: this.t(`theme.${name}`), exact: true });
  }

  /** Words that stand somewhere on the page. */
  text(key, values) {
    return this.page.getByText(this.t(key, values), { exact: false });
  }

  /** Waits until the model in the tab answers. */
  async ready() {
    await this.text("weights.ready_network").or(this.text("weights.ready_cache")).first().waitFor();
  }

  /** Waits until the page shows what the model in the tab says about a text. */
  async live(text) {
    await this.text("origin.live_text").waitFor({ state: "attached" });
    await this.page.locator("section", { hasText: this.t("prediction.title") }).last()
      .getByText(`“${text}”`, { exact: true }).waitFor();
  }

  /** Waits until the recorded example stands there. */
  async recorded() {
    await this.page.getByText(this.t("origin.recorded"), { exact: true }).waitFor();
  }

  async type(text) {
    await this.field.fill(text);
  }

  /** The shown probability of a class, from 0 to 1. */
  async probability(label) {
    const cell = await this.#row(label).getByRole("cell").first().textContent();
    return shownNumber(cell.replace(/[%\s]/g, "")) / 100;
  }

  /** The shown logit of a class, as it is written. */
  async logit(label) {
    const cell = await this.#row(label).getByRole("cell").last().textContent();
    return cell.replace(this.t("prediction.logit"), "").trim();
  }

  /** What becomes of a class in the changed run: its probability, and the difference in points. Null without one. */
  async changed(label) {
    const row = this.page.locator(".prediction__changed", { hasText: `(${this.t(`label.${label}`)})` });
    if ((await row.count()) === 0) return null;
    const [probability, points] = await row.getByRole("cell").allTextContents();
    const number = text => shownNumber(text.replace(/[^\d.,\u2212]/g, ""));
    return { probability: number(probability) / 100, points: number(points) };
  }

  /** Opens the controls that change the run. */
  async openWhatIf() {
    await this.page.locator("summary", { hasText: this.t("what_if.title") }).click();
  }

  /** The choice of the run that is shown. */
  run(name) {
    return this.page.getByRole("radio", { name: this.t(`run.${name}`), exact: true });
  }

  button(key, values) {
    return this.page.getByRole("button", { name: this.t(key, values), exact: true });
  }

  /** The pixels of the picture's lines: equal if and only if the lines are drawn alike. */
  async picture() {
    return this.page.locator("canvas").evaluate(canvas => canvas.toDataURL());
  }

  /** Whether anything is drawn. */
  async isDrawn() {
    return this.page.locator("canvas").evaluate(canvas => {
      const { width, height } = canvas;
      if (width === 0 || height === 0) return false;
      return canvas.getContext("2d").getImageData(0, 0, width, height).data.some(value => value !== 0);
    });
  }

  /** The part of the address after `#`, read as a query. */
  async address() {
    return new URLSearchParams(await this.page.evaluate(() => location.hash.slice(1)));
  }

  /** Milliseconds from the start of the navigation to a mark of the page, or undefined. */
  async mark(name) {
    return this.page.evaluate(name => performance.getEntriesByName(name)[0]?.startTime, `vitrine:${name}`);
  }

  /** Chooses an entry of the menu that saves a file, and returns its name and bytes. */
  async download(key) {
    await this.menu.click();
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.menuItem(key).click()]);
    const file = { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    if (key === "menu.svg") assertFilledIn(file.bytes.toString("utf8"));
    return file;
  }

  /** The row of a class; that of the changed run comes after it. */
  #row(label) {
    const panel = this.page.getByRole("region", { name: this.t("prediction.title") });
    return panel.getByRole("row", { name: this.t(`label.${label}`) }).first();
  }

  #toolbar(key) {
    return this.page.getByRole("toolbar", { name: this.t(key), exact: true });
  }
}

/** The lines of a CSV file, each by its headings. */
export function csvLines(bytes) {
  const fields = line => line.match(/(?<=^|,)("(?:[^"]|"")*"|[^,]*)/g).map(field => field.replace(/^"|"$/g, "").replaceAll('""', '"'));
  const [headings, ...lines] = bytes.toString("utf8").trim().split("\r\n").map(fields);
  return lines.map(line => Object.fromEntries(line.map((field, column) => [headings[column], field])));
}

/** A number as the page writes it, with U+2212 and in either language. */
export function shownNumber(text) {
  return Number(text.trim().replace("\u2212", "-").replace(",", "."));
}

/** Half of the last digit that is written. */
export function halfOfLastDigit(text) {
  const decimals = /[.,](\d+)/.exec(text)?.[1].length ?? 0;
  return 0.5 * 10 ** -decimals;
}

/** Asserts that what is written is the exact number, rounded; nothing is written where there is none. */
export function assertRounded(text, exact, what) {
  if (exact === null || exact === undefined) {
    assert.equal(text, "", what);
  } else {
    const apart = Math.abs(shownNumber(text) - exact);
    assert.ok(text !== "" && apart <= halfOfLastDigit(text) * (1 + 1e-6), `${what}: ${text} is not ${exact}`);
  }
}

/** Waits until a condition holds, asked again and again. */
export async function until(what, condition, patience = PATIENCE) {
  const end = Date.now() + patience;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `waited in vain: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
