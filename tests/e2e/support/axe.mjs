// Asks axe about a page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds on the page against WCAG 2.2 AA, in words. */
export async function findings(vitrine) {
  // What is fading in has not yet the colours that it is read in.
  // What goes meanwhile never finishes.
  await vitrine.page.evaluate(() => Promise.allSettled(document.getAnimations().map(animation => animation.finished)));
  await vitrine.page.evaluate(AXE);
  const { violations } = await vitrine.page.evaluate(tags => window.axe.run(document, { runOnly: tags }), TAGS);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(" ")}: ${failureSummary}`),
  );
}
