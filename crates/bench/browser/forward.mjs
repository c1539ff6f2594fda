// Times the forward pass in a tab: the measuring program with either instructions, and onnxruntime-web beside it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Site } from "../../../tests/e2e/support/site.mjs";

const MILLISECONDS_PER_SHAPE = 12_000;

/** What is measured: a name, the program that it is in, and what that program calls it. */
const PEERS = [
  { peer: "relaxed", program: "relaxed", called: "vitrine" },
  { peer: "relaxed-traced", program: "relaxed", called: "vitrine-traced" },
  { peer: "simd128", program: "simd128", called: "vitrine" },
  { peer: "candle", program: "relaxed", called: "candle" },
  { peer: "onnxruntime", program: null, called: null },
];

/**
 * The times of all peers for all shapes, as crates/bench describes them, and for either program the most operations
 * in a second that its multiply-adds come to when nothing leaves the registers.
 */
export async function forwardPasses(browser, folder) {
  await writeFile(join(folder, "index.html"), "<!doctype html><title>bench</title>");
  const site = await Site.start(folder);
  try {
    const page = await browser.newPage();
    await page.goto(site.url());
    const result = await page.evaluate(measureInPage, { peers: PEERS, patience: MILLISECONDS_PER_SHAPE });
    await page.close();
    return result;
  } finally {
    await site.close();
  }
}

/** Runs in the page, so that it can name nothing outside itself. */
async function measureInPage({ peers, patience }) {
  const FEWEST_ROUNDS = 9;
  const MOST_ROUNDS = 40;
  const MILLISECONDS_PER_TURN = 200;
  const TOLERANCE = 1e-3;
  const PEAK_TURNS = 500_000;

  const names = ["relaxed", "simd128"];
  const programs = {};
  const benches = {};
  const peaks = {};
  for (const name of names) {
    programs[name] = await import(`./${name}.js`);
    await programs[name].default();
    benches[name] = new programs[name].Bench();
    peaks[name] = 0;
  }
  const ort = await import("./onnxruntime.js");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: new URL("./onnxruntime.wasm", document.baseURI).href };

  // Numbers of rows that leave every remainder of the kernel's blocks.
  for (const [batch, tokens] of [[1, 1], [1, 2], [1, 3], [1, 5], [3, 7], [2, 13], [1, 61], [1, 70]]) {
    for (const name of names) benches[name].prepare(batch, tokens);
  }

  const timings = [];
  for (const { batch, tokens } of JSON.parse(programs.relaxed.Bench.shapes())) {
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
    const session = await ort.InferenceSession.create(benches.relaxed.onnx(tokens), options);
    const ids = names.map(name => benches[name].prepare(batch, tokens))[0];
    const feeds = { ids: new ort.Tensor("int64", ids, [batch, tokens]) };

    const { last_hidden_state: theirs } = await session.run(feeds);
    for (const name of names) {
      const ours = benches[name].output("vitrine");
      const difference = ours.reduce((most, value, index) => Math.max(most, Math.abs(value - theirs.data[index])), 0);
      if (!(ours.length === theirs.data.length && difference <= TOLERANCE)) {
        throw new Error(`onnxruntime-web differs from ${name} by ${difference} at ${batch}×${tokens}`);
      }
    }

    const run = ({ program, called }) => (program ? benches[program].forward(called) : session.run(feeds));
    const order = peers.map(peer => ({ ...peer, times_ms: [] }));
    const begun = performance.now();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (round >= FEWEST_ROUNDS && performance.now() - begun > patience) break;
      for (const peer of order) {
        // Whoever ran before has filled the processor's caches with its own weights. On a page nobody else runs, so
        // a turn is a series of passes, of which the first is not counted.
        await run(peer);
        let passes = 0;
        const start = performance.now();
        do {
          await run(peer);
          passes += 1;
        } while (performance.now() - start < MILLISECONDS_PER_TURN);
        peer.times_ms.push((performance.now() - start) / passes);
      }
      // All take all places in the order.
      order.push(order.shift());
      for (const name of names) {
        const start = performance.now();
        const [operations] = programs[name].peak_operations(PEAK_TURNS, 1e-3);
        peaks[name] = Math.max(peaks[name], operations / (performance.now() - start) / 1e6);
      }
    }
    const operations = benches.relaxed.operations(batch, tokens);
    timings.push(...order.map(({ peer, times_ms }) => ({ peer, batch, tokens, times_ms, operations })));
    await session.release();
  }
  return { timings, peaks_gflop_per_s: peaks };
}
