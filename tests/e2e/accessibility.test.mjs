// WCAG 2.2 AA as far as axe can tell, in both themes and languages, and no sideways scrolling on a phone.
import assert from "node:assert/strict";
import { findings } from "./support/axe.mjs";
import { visit } from "./support/visit.mjs";

for (const language of ["en", "tr"]) {
  for (const theme of ["light", "dark"]) {
    visit(`axe finds nothing: ${language}, ${theme}`, async ({ open, site }) => {
      const release = site.hold(/\.gguf$/);
      const vitrine = await open({ language, query: { theme } });
      await vitrine.recorded();
      assert.deepEqual(await findings(vitrine), [], "with the recorded example");
      release();
      await vitrine.ready();
      await vitrine.type("The unwatchable film was at noon.");
      await vitrine.live("The unwatchable film was at noon.");
      await vitrine.tokens.nth(2).click();
      await vitrine.head(3).click();
      await vitrine.menu.click();
      assert.deepEqual(await findings(vitrine), [], "live, with a selected token, a head off and the menu open");
      await vitrine.menuItem("menu.table").click();
      for (const summary of await vitrine.page.locator("summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), [], "with the table and everything folded open");
      await vitrine.button("what_if.hide").click();
      await vitrine.button("what_if.ablate_some", { count: 11, layer: 0 }).click();
      await vitrine.button("what_if.rank").click();
      await vitrine.page.locator(".prediction__changed").first().waitFor();
      await vitrine.page.locator(".ranking tbody tr").first().waitFor();
      assert.deepEqual(await findings(vitrine), [], "with a changed run and a ranking");
    });

    visit(`axe finds nothing in any view: ${language}, ${theme}`, async ({ open }) => {
      const vitrine = await open({ language, query: { theme }, hash: "text=Not+bad.&pair=Good.&layer=2&heads=3&token=1" });
      await vitrine.ready();
      await vitrine.text("origin.live_text").waitFor({ state: "attached" });
      await vitrine.options.click();
      await vitrine.choice("segments.ab").check({ force: true });
      for (const drawing of ["drawing.lines_across", "drawing.heat_map"]) {
        await vitrine.choice(drawing).check({ force: true });
        assert.deepEqual(await findings(vitrine), [], drawing);
      }
      await vitrine.choice("view.model").check({ force: true });
      await vitrine.thumbnail(2, 3).waitFor();
      assert.deepEqual(await findings(vitrine), [], "the model view with a head in detail");
      await vitrine.page.getByRole("combobox").selectOption("entropy");
      assert.deepEqual(await findings(vitrine), [], "the model view in an order");
      await vitrine.choice("view.neuron").check({ force: true });
      await vitrine.page.locator(".neuron").waitFor();
      assert.deepEqual(await findings(vitrine), [], "the neuron view");
      await vitrine.choice("view.ablation").check({ force: true });
      await vitrine.page.locator(".ablation__item .ablation__mark:not(:empty)").first().waitFor();
      await vitrine.page.keyboard.press("t");
      for (const summary of await vitrine.page.locator(".ablation summary").all()) {
        await summary.evaluate(element => (element.parentElement.open = true));
      }
      assert.deepEqual(await findings(vitrine), [], "the ablation view");
    });

    visit(`axe finds nothing when something is wrong: ${language}, ${theme}`, async ({ open, site }) => {
      site.withhold(/vitrine-worker/);
      const vitrine = await open({ language, query: { theme } });
      await vitrine.restart.waitFor();
      assert.deepEqual(await findings(vitrine), []);
    });
  }

  visit(`360 px are enough for every view: ${language}`, async ({ open }) => {
    for (const view of ["head", "model", "neuron", "ablation"]) {
      for (const drawing of ["lines", "lines-across", "heat-map"]) {
        const hash = new URLSearchParams({ text: "The acting is great.", view, drawing, heads: "3" }).toString();
        const vitrine = await open({ language, hash });
        await vitrine.ready();
        await vitrine.text("origin.live_text").waitFor({ state: "attached" });
        await vitrine.page.waitForTimeout(500);
        const scroll = await vitrine.page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(scroll, 360, `${view}, ${drawing}`);
        await vitrine.page.close();
      }
    }
  }, { viewport: { width: 360, height: 740 } });

  visit(`360 px are enough: ${language}`, async ({ open }) => {
    const vitrine = await open({ language });
    await vitrine.ready();
    await vitrine.sheet.click();
    for (const text of ["Not a bad film at all", `🙂 ${"x".repeat(101)}`, "Honorificabilitudinitatibus, antidisestablishmentarianism and pneumonoultramicroscopicsilicovolcanoconiosis"]) {
      await vitrine.type(text);
      await vitrine.page.waitForTimeout(1000);
      const overhang = await vitrine.page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        return { scroll: document.documentElement.scrollWidth - width, width };
      });
      assert.deepEqual(overhang, { scroll: 0, width: 360 }, text);
    }
  }, { viewport: { width: 360, height: 740 } });
}

visit("on a phone the controls are a sheet, which axe finds nothing in and Escape closes", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  assert.ok(!(await vitrine.head(0).isVisible()));
  assert.equal(await vitrine.sheet.getAttribute("aria-expanded"), "false");
  await vitrine.sheet.click();
  await vitrine.layer(3).check({ force: true });
  await vitrine.sheet.getByText(/3/).waitFor();
  assert.equal(await vitrine.sheet.getAttribute("aria-expanded"), "true");
  // At the end of the exhibit the sheet is in its own place and covers nothing.
  await vitrine.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  assert.deepEqual(await findings(vitrine), []);
  await vitrine.head(4).focus();
  await vitrine.page.keyboard.press("Escape");
  await vitrine.head(4).waitFor({ state: "hidden" });
  assert.ok(await vitrine.sheet.evaluate(element => element === document.activeElement));
}, { viewport: { width: 360, height: 740 } });

visit("with forced colours the tokens of the picture can be read", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  const token = vitrine.queries.nth(3);
  const box = await token.boundingBox();
  const inked = async () => {
    const image = (await vitrine.page.screenshot({ clip: box })).toString("base64");
    return vitrine.page.evaluate(async base64 => {
      const data = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([data], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
    }, image);
  };
  assert.ok((await inked()) > 5, "the token is written in more than one colour");
}, { forcedColors: "active" });

visit("everything that can be pressed is at least 24 px wide and high", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.sheet.click();
  await vitrine.head(11).waitFor();
  const small = await vitrine.page.evaluate(() =>
    [...document.querySelectorAll("button, summary, a[href], select, [role=button]")]
      .map(element => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ element, box }) => `${element.textContent.trim()}: ${box.width} × ${box.height}`),
  );
  assert.deepEqual(small, []);
}, { viewport: { width: 360, height: 740 } });
