// Puts all measurements together: prints one Markdown table and writes them as JSON.
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { launch } from "../../../tests/e2e/support/browser.mjs";
import { explanationFigures } from "./explanations.mjs";
import { forwardPasses } from "./forward.mjs";
import { pageFigures } from "./page.mjs";
import { poolFigures } from "./pool.mjs";
import { replyFigures } from "./reply.mjs";
import { sizes } from "./sizes.mjs";
import { summary } from "./summary.mjs";
import { viewFigures } from "./views.mjs";

const MEGA = 1e6;

/** What is to be reached; a figure beyond it is marked. Times that differ by less than 3% are held to be equal. */
const GOALS = {
  native_against_candle: 0.97,
  // How much quicker than onnxruntime-web: for one short sentence, and for all else.
  relaxed: { short: 1.7, other: 1.4 },
  simd128: { short: 1.4, other: 1.2 },
  // The share of the tab's own rate of multiply-adds at the largest shape.
  share_of_peak: 0.7,
  wasm_brotli: 1.6 * MEGA,
  warm_ready_ms: 2000,
  cold_first_picture_ms: 1000,
  reply_ms: 40,
  two_workers: 1.8,
  // How much sooner than BertViz's the model view answers the pointer at 128 tokens.
  model_view: 20,
  hover_frame_ms: 16,
  // How much longer than Python an explanation may take: exact Owen values, and all else.
  explanation: { owen_exact: 1, other: 1.5 },
  explanation_first_ms: 300,
  explanation_task_ms: 50,
};

const environment = name => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: call \`cargo xtask bench\``);
  return value;
};

const dist = environment("VITRINE_DIST");
const native = JSON.parse(await readFile(environment("VITRINE_BENCH_NATIVE"), "utf8"));
const browser = await launch();
const { timings, peaks_gflop_per_s } = await forwardPasses(browser, environment("VITRINE_BENCH_WEB"));
const result = {
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} logical cores`,
  chromium: browser.version(),
  flop_formula: "layers * batch * tokens * (8 H^2 + 4 H I + 4 tokens H), a multiply-add counts as two",
  forward: { browser: summary(timings), peaks_gflop_per_s, native: summary(native) },
  page: await pageFigures(browser, dist),
  reply: await replyFigures(browser, dist),
  pool: await poolFigures(browser, dist, environment("VITRINE_POOL_PROBE")),
  views: await viewFigures(browser, dist, {
    vitrine: process.env.VITRINE_BENCH_CLI,
    python: process.env.VITRINE_BERTVIZ_PYTHON,
    makePages: new URL("../bertviz/make_pages.py", import.meta.url).pathname,
  }),
  explanations: await explanationFigures(browser, dist, {
    vitrine: process.env.VITRINE_BENCH_CLI,
    python: process.env.VITRINE_SHAP_PYTHON,
    measure: new URL("../explanations/measure.py", import.meta.url).pathname,
  }),
  sizes: await sizes(dist),
};
await browser.close();
await writeFile(environment("VITRINE_BENCH_OUT"), JSON.stringify(result, null, 2) + "\n");

const row = cells => `| ${cells.join(" | ")} |`;
const judged = (text, reached) => (reached ? text : `${text} **(goal missed)**`);
const ms = number => (number < 100 ? number.toFixed(1) : number.toFixed(0));
const megabytes = bytes => `${(bytes / MEGA).toFixed(2)} MB`;

const find = (summaries, peer, shape) =>
  summaries.find(found => found.peer === peer && found.batch === shape.batch && found.tokens === shape.tokens);
const times = found => `${ms(found.best_ms)} (${ms(found.median_ms)})`;
const ratio = ({ best, median }) => `${best.toFixed(2)}× (${median.toFixed(2)}×)`;

function browserRow(theirs) {
  const short = theirs.batch === 1 && theirs.tokens <= 32;
  const cells = ["relaxed", "simd128"].flatMap(peer => {
    const ours = find(result.forward.browser, peer, theirs);
    const against = ours.against.onnxruntime;
    const share = ours.gflop_per_s / peaks_gflop_per_s[peer];
    const largest = peer === "relaxed" && ours.batch * ours.tokens >= 1024;
    const goal = GOALS[peer][short ? "short" : "other"];
    return [
      times(ours),
      judged(`${ours.gflop_per_s.toFixed(1)}, ${(100 * share).toFixed(0)}%`, !largest || share >= GOALS.share_of_peak),
      judged(ratio(against), against.best >= goal && against.median >= goal),
    ];
  });
  const traced = find(result.forward.browser, "relaxed-traced", theirs);
  const candle = find(result.forward.browser, "candle", theirs);
  return row([`${theirs.batch}×${theirs.tokens}`, ...cells, times(traced), times(candle), times(theirs)]);
}

function nativeRow(ours) {
  const against = ours.against.candle;
  const found = peer => times(find(result.forward.native, peer, ours));
  return row([
    `${ours.batch}×${ours.tokens}`,
    times(ours),
    ours.gflop_per_s.toFixed(1),
    judged(ratio(against), against.median >= GOALS.native_against_candle),
    found("vitrine-traced"),
    found("candle"),
  ]);
}

const wasmBrotli = result.sizes
  .filter(({ group }) => group.startsWith("wasm"))
  .reduce((sum, { brotli }) => sum + brotli, 0);
const { page, reply, pool, views, explanations } = result;

/** A line for the model, and one for twelve layers where there is a Python to make what they are read from. */
function viewRows({ tokens, ours, bertviz, ours_of_12_layers, bertviz_of_12_layers }) {
  const viewRow = (mine, theirs) => {
    const hover = `${ms(mine.hover.median_ms)}, at most ${ms(mine.hover.worst_ms)}`;
    const sooner = theirs && theirs.ready.median_ms / mine.interactive.median_ms;
    return row([
      `${mine.layers}, ${tokens}`,
      times(mine.interactive),
      times(mine.whole),
      judged(hover, tokens > 64 || mine.hover.worst_ms <= GOALS.hover_frame_ms),
      theirs ? `${ms(theirs.ready.median_ms)}, ${theirs.svg_lines} lines` : "not measured",
      theirs ? judged(`${sooner.toFixed(0)}×`, tokens < 128 || sooner >= GOALS.model_view) : "",
    ]);
  };
  const of12 = ours_of_12_layers ? [viewRow(ours_of_12_layers, bertviz_of_12_layers)] : [];
  return [viewRow(ours, bertviz), ...of12];
}

/** A line for each text and method. */
function explanationRows({ words, ours, python }) {
  return Object.entries(ours).map(([kind, mine]) => {
    const theirs = python?.[kind];
    const times = theirs && mine.seconds / theirs.seconds;
    const goal = GOALS.explanation[kind] ?? GOALS.explanation.other;
    return row([
      `${words}, ${kind.replace("_", " ")}`,
      `${mine.seconds.toFixed(2)} s`,
      theirs ? `${theirs.seconds.toFixed(2)} s, ${theirs.evaluations} evaluations` : "not measured",
      theirs ? judged(`${times.toFixed(2)}×`, times <= goal) : "",
      judged(ms(mine.first_ms), mine.first_ms <= GOALS.explanation_first_ms),
      judged(ms(mine.longest_task_ms), mine.longest_task_ms <= GOALS.explanation_task_ms),
      mine.peak_resident_bytes === null ? "" : megabytes(mine.peak_resident_bytes),
    ]);
  });
}

console.log(`
${result.machine}; Chromium ${result.chromium}; one thread. Times in ms, best (median) of several rounds; in the
browser a round's time is the mean of a series of passes. How much quicker one is than another: by the best times
(the median over the rounds, each compared within itself).
GFLOP/s: ${result.flop_formula}, at the best time.

In the browser, where multiply-adds in registers reach ${peaks_gflop_per_s.relaxed.toFixed(1)} GFLOP/s with relaxed SIMD and ${peaks_gflop_per_s.simd128.toFixed(1)} without:

${row(["batch×tokens", "relaxed SIMD", "GFLOP/s, of peak", "against onnxruntime-web", "simd128", "GFLOP/s, of peak", "against onnxruntime-web", "relaxed, traced", "candle's BertModel", "onnxruntime-web"])}
${row(["---", ...Array(9).fill("---:")])}
${result.forward.browser.filter(({ peer }) => peer === "onnxruntime").map(browserRow).join("\n")}

Natively:

${row(["batch×tokens", "Vitrine", "GFLOP/s", "against candle", "traced", "candle's BertModel"])}
${row(["---", ...Array(5).fill("---:")])}
${result.forward.native.filter(({ peer }) => peer === "vitrine").map(nativeRow).join("\n")}

The model view, from the click to the frame that answers the pointer, to the last of its thumbnails, and the work of
pointing at one; BertViz's own page of the same attention, from its arrival to the frame that shows it (named by
VITRINE_BERTVIZ_PYTHON, a Python with crates/bench/bertviz/requirements.txt), and how much sooner ours answers. Twelve
layers are the model's six taken twice, which ours reads from a file:

${row(["layers, tokens", "answers", "whole", "pointing", "BertViz", "sooner"])}
${row(["---:", ...Array(5).fill("---:")])}
${views.flatMap(viewRows).join("\n")}

Explanations in the page with all its workers, and by shap and lime with PyTorch on all cores (named by
VITRINE_SHAP_PYTHON, a Python with crates/bench/explanations/requirements.txt); how long the first picture takes, the
longest task of the page's thread (0: none of 50 ms), and the most memory of the tab:

${row(["words, method", "ours", "Python's", "ours to Python's", "first picture", "longest task", "memory"])}
${row(["---", ...Array(6).fill("---:")])}
${explanations.texts.flatMap(explanationRows).join("\n")}

${row(["the built page", "", "", ""])}
${row(["---", ...Array(4).fill("---:")])}
${row(["**page, median of " + page.visits + " visits**", "", "", "", ""])}
${row(["recorded example drawn, nothing cached", judged(ms(page.cold_first_picture_ms), page.cold_first_picture_ms <= GOALS.cold_first_picture_ms), "", "", ""])}
${row(["ready, nothing cached, from this machine", ms(page.cold_ready_ms), "", "", ""])}
${row(["recorded example drawn, weights kept", ms(page.warm_first_picture_ms), "", "", ""])}
${row(["ready, weights kept", judged(ms(page.warm_ready_ms), page.warm_ready_ms <= GOALS.warm_ready_ms), "", "", ""])}
${row(["first reply drawn, weights kept", ms(page.warm_reply_ms), "", "", ""])}
${row([`a typed sentence of ${reply.tokens} tokens, from the question to the picture, best (median)`, judged(times(reply.reply), reply.reply.median_ms <= GOALS.reply_ms), "", "", ""])}
${row(["the same, to the end of the frame", times(reply.frame), "", "", ""])}
${row([`${pool.inputs} inputs of ${pool.tokens} tokens, one worker : two`, `${ms(pool.one_ms)} : ${ms(pool.two_ms)}`, judged(`${pool.throughput.toFixed(2)}×`, pool.throughput >= GOALS.two_workers), "", ""])}
${row(["memory of the worker's program", megabytes(page.worker_wasm_bytes), "", "", ""])}
${row(["most memory of the tab's process", page.peak_resident_bytes === null ? "not told by this system" : megabytes(page.peak_resident_bytes), "", "", ""])}
${row(["**size**", "**raw**", "**gzip**", "**brotli**", ""])}
${result.sizes.map(({ group, raw, gzip, brotli }) => row([group, megabytes(raw), megabytes(gzip), megabytes(brotli), ""])).join("\n")}
${row(["both wasm", "", "", judged(megabytes(wasmBrotli), wasmBrotli <= GOALS.wasm_brotli), ""])}
`);
