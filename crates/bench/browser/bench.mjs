// Puts all measurements together: prints one Markdown table and writes them as JSON.
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { launch } from "../../../tests/e2e/support/browser.mjs";
import { forwardPasses } from "./forward.mjs";
import { pageFigures } from "./page.mjs";
import { sizes } from "./sizes.mjs";

const MEGA = 1e6;

/** What is to be reached; a figure beyond it is marked. Times that differ by less than 3% are held to be equal. */
const GOALS = { speed_against_candle: 0.97, wasm_brotli: 1.6 * MEGA, warm_ready_ms: 2000, cold_first_picture_ms: 1000 };

const environment = name => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: call \`cargo xtask bench\``);
  return value;
};

const dist = environment("VITRINE_DIST");
const native = JSON.parse(await readFile(environment("VITRINE_BENCH_NATIVE"), "utf8"));
const browser = await launch();
const result = {
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} logical cores`,
  chromium: browser.version(),
  flop_formula: "layers * batch * tokens * (8 H^2 + 4 H I + 4 tokens H), a multiply-add counts as two",
  forward: { browser: await forwardPasses(browser, environment("VITRINE_BENCH_WEB")), native },
  page: await pageFigures(browser, dist),
  sizes: await sizes(dist),
};
await browser.close();
await writeFile(environment("VITRINE_BENCH_OUT"), JSON.stringify(result, null, 2) + "\n");

const row = cells => `| ${cells.join(" | ")} |`;
const judged = (text, reached) => (reached ? text : `${text} **(goal missed)**`);
const ms = number => (number < 100 ? number.toFixed(1) : number.toFixed(0));
const megabytes = bytes => `${(bytes / MEGA).toFixed(2)} MB`;

function forwardRows(where, timings) {
  const of = (peer, shape) =>
    timings.find(timing => timing.peer === peer && timing.batch === shape.batch && timing.tokens === shape.tokens);
  return timings.filter(({ peer }) => peer === "vitrine").map(ours => {
    const traced = of("vitrine-traced", ours);
    const candle = of("candle", ours);
    const ratio = ours.speed_against_candle;
    const cell = timing => `${ms(timing.best_ms)} (${ms(timing.median_ms)})`;
    return row([
      `${where}, ${ours.batch}×${ours.tokens}`,
      cell(ours),
      cell(traced),
      cell(candle),
      ours.gflop_per_s.toFixed(1),
      judged(`${ratio.toFixed(2)}×`, ratio >= GOALS.speed_against_candle),
    ]);
  });
}

const wasmBrotli = result.sizes
  .filter(({ group }) => group.startsWith("wasm"))
  .reduce((sum, { brotli }) => sum + brotli, 0);
const { page } = result;

console.log(`
${result.machine}; Chromium ${result.chromium}; one thread. Times in ms, best (median); speeds are compared
within each round, and the median is told.
GFLOP/s: ${result.flop_formula}, at the best time.

${row(["forward pass, batch×tokens", "Vitrine", "with attention traced", "candle's BertModel", "GFLOP/s", "speed against candle"])}
${row(["---", "---:", "---:", "---:", "---:", "---:"])}
${[...forwardRows("browser", result.forward.browser), ...forwardRows("native", result.forward.native)].join("\n")}
${row(["**page, median of " + page.visits + " visits**", "", "", "", "", ""])}
${row(["recorded example drawn, nothing cached", judged(ms(page.cold_first_picture_ms), page.cold_first_picture_ms <= GOALS.cold_first_picture_ms), "", "", "", ""])}
${row(["ready, nothing cached, from this machine", ms(page.cold_ready_ms), "", "", "", ""])}
${row(["recorded example drawn, weights kept", ms(page.warm_first_picture_ms), "", "", "", ""])}
${row(["ready, weights kept", judged(ms(page.warm_ready_ms), page.warm_ready_ms <= GOALS.warm_ready_ms), "", "", "", ""])}
${row(["first reply drawn, weights kept", ms(page.warm_reply_ms), "", "", "", ""])}
${row(["memory of the worker's program", megabytes(page.worker_wasm_bytes), "", "", "", ""])}
${row(["most memory of the tab's process", page.peak_resident_bytes === null ? "not told by this system" : megabytes(page.peak_resident_bytes), "", "", "", ""])}
${row(["**size**", "**raw**", "**gzip**", "**brotli**", "", ""])}
${result.sizes.map(({ group, raw, gzip, brotli }) => row([group, megabytes(raw), megabytes(gzip), megabytes(brotli), "", ""])).join("\n")}
${row(["both wasm", "", "", judged(megabytes(wasmBrotli), wasmBrotli <= GOALS.wasm_brotli), "", ""])}
`);
