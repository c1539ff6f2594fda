// The state of the page is in its address.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

visit("an address gives back the picture that it was taken from", async ({ open }) => {
  const vitrine = await open({ query: { theme: "dark" } });
  await vitrine.ready();
  await vitrine.type("Not good, but cheap & cheerful: 100%");
  await vitrine.live("Not good, but cheap & cheerful: 100%");
  await vitrine.layer(4).check({ force: true });
  await vitrine.head(5).dblclick();
  await vitrine.head(9).click();
  await vitrine.queries.nth(2).click();
  await until("the token is in the address", async () => (await vitrine.address()).get("token") === "2");
  await vitrine.page.mouse.move(0, 0);
  const url = new URL(vitrine.page.url());

  const again = await open({ query: { theme: "dark" }, hash: url.hash.slice(1) });
  await again.live("Not good, but cheap & cheerful: 100%");
  assert.equal(await again.field.inputValue(), "Not good, but cheap & cheerful: 100%");
  assert.ok(await again.layer(4).isChecked());
  assert.deepEqual(
    await again.heads.getByRole("button", { pressed: true }).allTextContents(),
    ["5", "9"],
  );
  assert.equal(await again.queries.nth(2).getAttribute("aria-pressed"), "true");
  assert.equal(await again.probability("positive"), await vitrine.probability("positive"));
  await until("both pictures are the same", async () => (await again.picture()) === (await vitrine.picture()));
  assert.equal(new URL(again.page.url()).hash, url.hash);
});

visit("back and forward go through what was looked at", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.example("example.meeting").click();
  await vitrine.live(vitrine.t("example.meeting"));
  await vitrine.layer(3).check({ force: true });
  await until("layer 3 is in the address", async () => (await vitrine.address()).get("layer") === "3");
  await vitrine.page.goBack();
  await until("layer 0 is back", async () => vitrine.layer(0).isChecked());
  await vitrine.page.goBack();
  await vitrine.live("Not a bad film at all");
  assert.equal(await vitrine.field.inputValue(), "Not a bad film at all");
  await vitrine.page.goForward();
  await vitrine.live(vitrine.t("example.meeting"));
  assert.equal(await vitrine.field.inputValue(), vitrine.t("example.meeting"));
});

visit("typing a sentence is one step back, not one for each letter", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  const before = await vitrine.page.evaluate(() => history.length);
  await vitrine.field.click();
  await vitrine.page.keyboard.press("End");
  for (const character of " today") {
    await vitrine.page.keyboard.type(character);
    await vitrine.page.waitForTimeout(200);
  }
  await vitrine.live("Not a bad film at all today");
  assert.ok((await vitrine.page.evaluate(() => history.length)) <= before + 1);
  await vitrine.page.goBack();
  await vitrine.live("Not a bad film at all");
  assert.equal(await vitrine.field.inputValue(), "Not a bad film at all");
});

for (const hash of [
  "v=99&view=nothing&layer=99999&heads=77.x.3.3&token=100000000&unknown=1&text=Fine",
  "text=Fine&layer=-1&heads=&token=zero",
  "text=Fine&top_p=0&threshold=x&temperature=-1&segments=c&drawing=oil&words=few",
  "%E0%A4%A&text=Fine&&&===",
]) {
  visit(`a mad address does no harm: ${hash}`, async ({ open }) => {
    const vitrine = await open({ hash });
    await vitrine.live("Fine");
    assert.equal(await vitrine.page.locator("input[name=layer]:checked").count(), 1);
    assert.ok(await vitrine.choice("view.head").isChecked());
    assert.ok(await vitrine.isDrawn());
  });
}

visit("language and theme come from the query, and choosing them writes it", async ({ open }) => {
  const vitrine = await open({ language: "tr", query: { theme: "dark" } });
  await vitrine.ready();
  const root = name => vitrine.page.evaluate(name => document.documentElement.getAttribute(name), name);
  assert.equal(await root("lang"), "tr");
  assert.equal(await root("data-theme"), "dark");
  assert.equal(await vitrine.page.title(), vitrine.t("app.title"));
  await vitrine.languageSwitch("en").click();
  await until("the page speaks English", async () => (await root("lang")) === "en");
  const english = new URL(vitrine.page.url()).searchParams;
  assert.equal(english.get("lang"), "en");
  vitrine.language = "en";
  await vitrine.theme("light").click();
  await until("the page is light", async () => (await root("data-theme")) === "light");
  assert.equal(new URL(vitrine.page.url()).searchParams.get("theme"), "light");
});

visit("a chosen language stays when one goes back, and after a reload", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.layer(3).check({ force: true });
  await until("layer 3 is in the address", async () => (await vitrine.address()).get("layer") === "3");
  await vitrine.languageSwitch("tr").click();
  vitrine.language = "tr";
  await vitrine.page.goBack();
  await until("layer 0 is back", async () => vitrine.layer(0).isChecked());
  await until("the address says it", () => new URL(vitrine.page.url()).searchParams.get("lang") === "tr");
  await vitrine.page.reload();
  await vitrine.ready();
  assert.equal(await vitrine.page.title(), vitrine.t("app.title"));
});

visit("Turkish readers get Turkish numbers", async ({ open }) => {
  const vitrine = await open({ language: "tr" });
  await vitrine.ready();
  await vitrine.live("Not a bad film at all");
  assert.match(await vitrine.logit("positive"), /^\u2212?\d+,\d+$/);
  const cell = vitrine.page.getByRole("row", { name: vitrine.t("label.positive") }).getByRole("cell").first();
  assert.match((await cell.textContent()).trim(), /^[<>]?\s?%\d/);
});
