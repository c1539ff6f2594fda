// A pool of workers: what it says does not depend on how many they are, and it does without those that are lost.
import assert from "node:assert/strict";
import { poolProbe } from "./support/browser.mjs";
import { lendPool, openPool, evaluate } from "./support/pool.mjs";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const WORKER = /vitrine-worker_loader\.js/;
const MANY = Array.from({ length: 2_000 }, (_, number) => `${"A very long and winding film about it. ".repeat(3)}Take ${number}.`);
const TEXTS = Array.from({ length: 24 }, (_, number) => `Not a ${"very ".repeat(number % 5)}bad film, number ${number}.`);

function assertSame(one, other) {
  assert.equal(one.length, other.length);
  for (const [place, logits] of one.entries()) {
    for (const [label, logit] of logits.entries()) {
      assert.ok(Math.abs(logit - other[place][label]) <= 1e-6, `${TEXTS[place]}: ${logit}, ${other[place][label]}`);
    }
  }
}

visit("three workers say what one says, in the same order", async ({ context, site }) => {
  await lendPool(site, poolProbe);
  const one = await openPool(context, site, 1);
  const alone = await evaluate(one, TEXTS);
  assert.equal(alone.length, TEXTS.length);
  assert.equal(one.workers().length, 1);
  assert.ok(new Set(alone.map(String)).size > TEXTS.length / 2, "texts differ, and so do their logits");

  const three = await openPool(context, site, 3);
  await evaluate(three, TEXTS.slice(0, 2));
  await until("three workers are ready", () => three.evaluate(() => pool.workers === 3));
  assert.equal(three.workers().length, 3);
  for (let round = 0; round < 3; round += 1) assertSame(await evaluate(three, TEXTS), alone);
});

visit("a cancelled job tells nothing any more and frees its workers", async ({ context, site }) => {
  await lendPool(site, poolProbe);
  const page = await openPool(context, site, 2);
  // Times of a token are known, and both workers are there.
  await evaluate(page, MANY.slice(0, 40));
  await until("two workers are ready", () => page.evaluate(() => pool.workers === 2));
  const { told, toldLater, freed } = await page.evaluate(async texts => {
    const told = [];
    let job;
    await new Promise(resolve => {
      job = pool.begin(texts, count => told.push(count) === 6 && resolve());
    });
    pool.cancel(job);
    const [begun, before] = [performance.now(), told.length];
    await pool.evaluate(["Good.", "Bad."]);
    return { told, toldLater: told.length - before, freed: performance.now() - begun };
  }, MANY);
  assert.ok(told.every(count => count > 0 && count < MANY.length / 8), `parts of ${told}`);
  assert.equal(toldLater, 0);
  // A worker is free after the piece that it has begun; the whole job would take many times this.
  assert.ok(freed < 1_000, `${freed} ms`);
});

visit("a worker listens while it reads a long text", async ({ context, site }) => {
  await lendPool(site, poolProbe);
  const page = await openPool(context, site, 1);
  const long = "A very long and winding film about it. ".repeat(60);
  const { whole, freed } = await page.evaluate(async long => {
    const time = async work => {
      const begun = performance.now();
      await work();
      return performance.now() - begun;
    };
    await pool.evaluate([long]);
    const whole = await time(() => pool.evaluate([long]));
    const job = pool.begin([long], () => {});
    // It is under way.
    await new Promise(resolve => setTimeout(resolve, whole / 10));
    pool.cancel(job);
    return { whole, freed: await time(() => pool.evaluate(["Good."])) };
  }, long);
  // What was begun is left after a layer, of which there are six.
  assert.ok(freed < whole / 2, `a long text takes ${whole} ms, and the worker was free after ${freed} ms`);
});

visit("a worker that cannot be started is done without", async ({ context, site }) => {
  await lendPool(site, poolProbe);
  let asked = 0;
  await context.route(WORKER, route => (asked++ === 0 ? route.continue() : route.abort()));
  const page = await openPool(context, site, 3);
  assert.equal((await evaluate(page, TEXTS)).length, TEXTS.length);
  await until("the others were tried", () => asked === 3);
  assert.equal((await evaluate(page, TEXTS)).length, TEXTS.length);
});

visit("a pool without any worker says why", async ({ context, site }) => {
  await lendPool(site, poolProbe);
  site.withhold(WORKER);
  const page = await openPool(context, site, 2);
  await assert.rejects(evaluate(page, TEXTS), /WorkerMissing/);
  await assert.rejects(evaluate(page, TEXTS), /WorkerMissing/, "and again, at once");
});
