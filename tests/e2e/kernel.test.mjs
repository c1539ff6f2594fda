// The matrix kernel, with either instructions, gives in a browser what plain loops give, whatever the shape.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { kernelProbe } from "./support/browser.mjs";
import { visit } from "./support/visit.mjs";

const PAGE = `<!doctype html><html lang="en"><title>Kernel</title></html>`;

/** Every height of a block and every rest of one, more rows than are multiplied at once, and more than that so often
 * that all weights in eight bits are unpacked first. */
const ROWS = [...Array.from({ length: 70 }, (_, index) => index + 1), 301];
/** Most are no multiple of what a panel or a vector holds. */
const DEPTHS = [1, 2, 3, 7, 33, 64, 97];
const COLUMNS = [1, 3, 4, 7, 8, 9, 15, 33, 50];

for (const [program, isRelaxed] of [["simd128", false], ["relaxed", true]]) {
  visit(`the kernel with ${program} gives what plain loops give`, async ({ context, site }) => {
    site.lend("kernel.html", PAGE);
    for (const file of [`${program}.js`, `${program}_bg.wasm`]) {
      site.lend(file, await readFile(join(kernelProbe, file)));
    }
    const page = await context.newPage();
    await page.goto(`${site.url()}kernel.html`);
    const found = await page.evaluate(checkInPage, { program, rows: ROWS, depths: DEPTHS, columns: COLUMNS });
    assert.equal(found.isRelaxed, isRelaxed);
    assert.deepEqual(found.problems, []);
    assert.equal(found.checked, ROWS.length * DEPTHS.length * COLUMNS.length);
  });
}

/** Runs in the page: all shapes, or as many as it takes to find a wrong one. */
async function checkInPage({ program, rows, depths, columns }) {
  const probe = await import(`./${program}.js`);
  await probe.default();
  const found = { isRelaxed: probe.is_relaxed(), checked: 0, problems: [] };
  for (const height of rows) {
    for (const depth of depths) {
      for (const width of columns) {
        try {
          probe.check(height, depth, width, found.checked);
          found.checked += 1;
        } catch (error) {
          found.problems.push(`${height}×${depth} with ${depth}×${width}: ${error.message}`);
          return found;
        }
      }
    }
  }
  return found;
}
