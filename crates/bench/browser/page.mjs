// Times the built page as a visitor meets it, and reads what its process has taken of memory.
import { readFile } from "node:fs/promises";
import { Site } from "../../../tests/e2e/support/site.mjs";
import { median } from "./summary.mjs";

const VISITS = 5;
const PATIENCE = 120_000;

/** Milliseconds from the start of the navigation, medians over some visits, and bytes. */
export async function pageFigures(browser, folder) {
  const site = await Site.start(folder);
  try {
    const cold = [];
    const warm = [];
    let memory;
    for (let visit = 0; visit < VISITS; visit += 1) {
      // A new context has empty caches; the second visit in it finds the weights kept.
      const context = await browser.newContext();
      cold.push(await visitOnce(context, site));
      warm.push(await visitOnce(context, site, async page => {
        memory = await peakMemory(browser, page);
      }));
      await context.close();
    }
    const medianOf = (visits, mark) => median(visits.map(marks => marks[mark]));
    return {
      visits: VISITS,
      cold_first_picture_ms: medianOf(cold, "vitrine:first-picture"),
      cold_ready_ms: medianOf(cold, "vitrine:ready"),
      warm_first_picture_ms: medianOf(warm, "vitrine:first-picture"),
      warm_ready_ms: medianOf(warm, "vitrine:ready"),
      warm_reply_ms: medianOf(warm, "vitrine:reply"),
      ...memory,
    };
  } finally {
    await site.close();
  }
}

/** The marks that the page sets on the way from the address to the first reply. */
async function visitOnce(context, site, look = async () => {}) {
  const page = await context.newPage();
  await page.goto(`${site.url()}#v=1&view=head&text=The+acting+is+great%2C+but+the+plot+is+dull.`);
  const names = ["vitrine:first-picture", "vitrine:ready", "vitrine:reply"];
  await page.waitForFunction(
    names => names.every(name => performance.getEntriesByName(name).length > 0),
    names,
    { timeout: PATIENCE },
  );
  const marks = await page.evaluate(
    names => Object.fromEntries(names.map(name => [name, performance.getEntriesByName(name)[0].startTime])),
    names,
  );
  await look(page);
  await page.close();
  return marks;
}

/** The memory of the worker's program, and the most that the tab's process has held; null where no one tells. */
async function peakMemory(browser, page) {
  const [worker] = page.workers();
  const worker_wasm_bytes = await worker.evaluate(async () => {
    // The one of its two programs that the loader has chosen.
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { default: program } = await import(loaded.find(name => /vitrine-worker(-relaxed)?\.js/.test(name)));
    return (await program()).memory.buffer.byteLength;
  });
  return { worker_wasm_bytes, peak_resident_bytes: await peakResidentBytes(browser) };
}

/** The most that any tab's process has held; null where no one tells. */
export async function peakResidentBytes(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const peaks = await Promise.all(
    processInfo.filter(({ type }) => type === "renderer").map(({ id }) => peakOfProcess(id)),
  );
  const known = peaks.filter(peak => peak !== null);
  return known.length ? Math.max(...known) : null;
}

/** Linux keeps the high-water mark of a process. */
async function peakOfProcess(id) {
  const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(status);
  return found ? Number(found[1]) * 1024 : null;
}
