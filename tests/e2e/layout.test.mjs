// Nothing jumps while the page loads: what comes has its room.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";

/** Cumulative layout shift that is still called good is 0.1 (https://web.dev/articles/cls); this is half of it. */
const LARGEST_SHIFT = 0.05;
const TEXT = "The acting is great, but the plot is dull.";

/** Keeps what moves without anyone having touched anything. */
function observe() {
  globalThis.shifts = [];
  const keep = list => globalThis.shifts.push(...list.getEntries().filter(entry => !entry.hadRecentInput));
  new PerformanceObserver(keep).observe({ type: "layout-shift", buffered: true });
}

/** The largest sum over entries less than a second apart, and over five seconds at most. */
function cumulative(shifts) {
  const windows = [];
  for (const { value, startTime } of shifts) {
    const open = windows.at(-1);
    if (open && startTime - open.last < 1_000 && startTime - open.first < 5_000) {
      open.sum += value;
      open.last = startTime;
    } else {
      windows.push({ sum: value, first: startTime, last: startTime });
    }
  }
  return Math.max(0, ...windows.map(({ sum }) => sum));
}

for (const [width, height] of [[360, 740], [1600, 1000]]) {
  visit(`nothing jumps while an exhibit loads: ${width} px`, async ({ open, context, site }) => {
    await context.addInitScript(observe);
    for (const exhibit of ["attention", "shap"]) {
      const vitrine = await open({ hash: `v=1&exhibit=${exhibit}&text=${encodeURIComponent(TEXT)}` });
      await vitrine.live(TEXT);
      if (exhibit === "shap") await vitrine.explained();
      const shifts = await vitrine.page.evaluate(() =>
        globalThis.shifts.map(({ value, startTime }) => ({ value, startTime })),
      );
      assert.ok(cumulative(shifts) < LARGEST_SHIFT, `${exhibit}: ${JSON.stringify(shifts)}`);
      await vitrine.page.close();
    }
    assert.equal(site.count(/latin-wght-normal\.woff2$/), 1, "the font that is asked for early is the one that is used");
  }, { viewport: { width, height } });
}
