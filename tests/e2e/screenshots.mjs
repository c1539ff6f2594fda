// Takes pictures of the whole page, to be looked at: widths × themes × languages, into target/screenshots.
import { mkdir } from "node:fs/promises";
import { dist, launch } from "./support/browser.mjs";
import { Site } from "./support/site.mjs";
import { Vitrine } from "./support/vitrine.mjs";

const OUT = new URL("../../target/screenshots/", import.meta.url).pathname;
const TEXT = "The acting is great, but the plot is dull.";

await mkdir(OUT, { recursive: true });
const site = await Site.start(dist);
const browser = await launch();
for (const width of [360, 1600]) {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 740 : 1000 } });
  for (const theme of ["light", "dark"]) {
    for (const language of ["en", "tr"]) {
      const page = await context.newPage();
      await page.goto(`${site.url()}?lang=${language}&theme=${theme}#v=1&text=${encodeURIComponent(TEXT)}&layer=2&token=3`);
      const vitrine = new Vitrine(page, language);
      await vitrine.live(TEXT);
      const path = `${OUT}${width}-${theme}-${language}.png`;
      await page.screenshot({ path, fullPage: true });
      console.log(path);
      await page.close();
    }
  }
  await context.close();
}
await browser.close();
await site.close();
