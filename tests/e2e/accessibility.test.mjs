// WCAG 2.2 AA as far as axe can tell, in both themes and languages, and no sideways scrolling on a phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { visit } from "./support/visit.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function findings(vitrine) {
  await vitrine.page.evaluate(AXE);
  const { violations } = await vitrine.page.evaluate(tags => window.axe.run(document, { runOnly: tags }), TAGS);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
  );
}

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
    });

    visit(`axe finds nothing when something is wrong: ${language}, ${theme}`, async ({ open, site }) => {
      site.withhold(/vitrine-worker/);
      const vitrine = await open({ language, query: { theme } });
      await vitrine.restart.waitFor();
      assert.deepEqual(await findings(vitrine), []);
    });
  }

  visit(`360 px are enough: ${language}`, async ({ open }) => {
    const vitrine = await open({ language });
    await vitrine.ready();
    for (const text of ["Not a bad film at all", "Honorificabilitudinitatibus, antidisestablishmentarianism and pneumonoultramicroscopicsilicovolcanoconiosis"]) {
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

visit("everything that can be pressed is at least 24 px wide and high", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  const small = await vitrine.page.evaluate(() =>
    [...document.querySelectorAll("button, summary, a[href], select, [role=button]")]
      .map(element => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ element, box }) => `${element.textContent.trim()}: ${box.width} × ${box.height}`),
  );
  assert.deepEqual(small, []);
}, { viewport: { width: 360, height: 740 } });
