// The worker comes with and without relaxed SIMD, and every engine gets the one that it can run.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";

const LOADER = /vitrine-worker_loader\.js$/;
const RELAXED = /vitrine-worker-relaxed(_bg\.wasm|\.js)$/;
const PLAIN = /vitrine-worker(_bg\.wasm|\.js)$/;
const SENTENCE = "Not a bad film at all";

const shown = [];

async function predict(vitrine) {
  await vitrine.ready();
  await vitrine.type(SENTENCE);
  await vitrine.live(SENTENCE);
  shown.push(await vitrine.probability("positive"));
}

visit("an engine with relaxed SIMD gets the worker with it", async ({ open, site }) => {
  await predict(await open());
  assert.deepEqual([site.count(RELAXED), site.count(PLAIN)], [2, 0]);
});

visit("an engine without relaxed SIMD gets the worker without, which says the same", async ({ open, site }) => {
  // The instruction that the loader asks for becomes one that no engine has.
  site.rewrite(LOADER, text => {
    const without = text.replace("253, 133, 2,", "253, 255, 2,");
    assert.notEqual(without, text);
    return without;
  });
  await predict(await open());
  assert.deepEqual([site.count(RELAXED), site.count(PLAIN)], [0, 2]);
  assert.equal(shown.length, 2);
  assert.equal(shown[1], shown[0]);
});
