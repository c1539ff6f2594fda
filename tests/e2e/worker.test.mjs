// However the worker fails, the page says so in a sentence, keeps what was typed, and can start it again.
import assert from "node:assert/strict";
import { saysAndRecovers } from "./support/recovery.mjs";
import { visit } from "./support/visit.mjs";

const LOADER = /vitrine-worker_loader\.js$/;

/** Runs in the worker: takes all memory that its program could still get, as crowded tabs do. */
const TAKE_ALL_MEMORY = `
  let pages = 1 << 15;
  while (pages >= 1) {
    try {
      program.memory.grow(pages);
    } catch {
      pages >>= 1;
    }
  }`;

/** Has the worker's loader keep the running program, and then do something more. */
const withProgram = more => loader => `${loader.replace("await init", "const program = await init")}\n${more}`;

for (const [name, file] of [
  ["loader", /vitrine-worker_loader\.js$/],
  ["script", /vitrine-worker(-relaxed)?\.js$/],
  ["program", /vitrine-worker(-relaxed)?_bg\.wasm$/],
]) {
  visit(`the worker's ${name} is missing`, async ({ open, site }) => {
    site.withhold(file);
    const vitrine = await open();
    await saysAndRecovers(vitrine, site, "problem.worker_missing");
  });
}

visit("the connection breaks while the worker's program comes", async ({ open, site }) => {
  site.hangUp(/vitrine-worker(-relaxed)?_bg\.wasm$/);
  const vitrine = await open();
  await saysAndRecovers(vitrine, site, "problem.worker_missing");
});

visit("an error in the worker stops it, and it can be started again", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.page.workers()[0].evaluate(() => {
    setTimeout(() => {
      throw new Error("broken on purpose");
    });
  });
  await saysAndRecovers(vitrine, site, "problem.worker_stopped");
});

visit("a promise that the worker rejects and nobody awaits is noticed", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.page.workers()[0].evaluate(() => {
    setTimeout(() => Promise.reject(new Error("rejected on purpose")));
  });
  await saysAndRecovers(vitrine, site, "problem.worker_stopped");
});

visit("a panic of the worker is told in its own words", async ({ open, site }) => {
  const vitrine = await open();
  await vitrine.ready();
  // A message that comes while the worker is about to post an answer, which no browser does, finds its state in
  // use: the worker's own code panics.
  await vitrine.page.workers()[0].evaluate(() => {
    const cancel = new Uint8Array([2, 1]);
    const { postMessage } = self;
    self.postMessage = () => {
      self.postMessage = postMessage;
      self.onmessage(new MessageEvent("message", { data: cancel }));
    };
  });
  await vitrine.type("This one is too much");
  await vitrine.alert.getByText(vitrine.t("problem.worker_stopped")).waitFor();
  assert.match(await vitrine.alert.textContent(), /panicked at .*dispatch|RefCell already borrowed/);
  await saysAndRecovers(vitrine, site, "problem.worker_stopped");
});

visit("a worker that gets no memory for the weights says so", async ({ open, site }) => {
  site.rewrite(LOADER, withProgram(TAKE_ALL_MEMORY));
  const vitrine = await open();
  await saysAndRecovers(vitrine, site, "problem.out_of_memory");
});

visit("a worker that gets no memory for the model says so", async ({ open, site }) => {
  // With the second report of progress, room for the weights is there already; for the model they become, none.
  site.rewrite(LOADER, withProgram(`
    const progress = 1;
    let reports = 0;
    const { postMessage } = self;
    self.postMessage = (message, transfer) => {
      if (new Uint8Array(message)[0] === progress) reports += 1;
      if (reports === 2) { ${TAKE_ALL_MEMORY} }
      postMessage.call(self, message, transfer);
    };`));
  const vitrine = await open();
  await vitrine.alert.getByText(vitrine.t("problem.out_of_memory")).waitFor();
  assert.match(await vitrine.alert.textContent(), /\d+ bytes were refused/);
  await saysAndRecovers(vitrine, site, "problem.out_of_memory");
});

visit("a worker of another build is refused", async ({ open, site }) => {
  // A stand-in that says what a worker of another build would: its first word, with its build id.
  site.rewrite(LOADER, () => `
    const build = new TextEncoder().encode("another");
    self.postMessage(new Uint8Array([0, build.length, ...build]).buffer);`);
  const vitrine = await open();
  await vitrine.alert.getByText(vitrine.t("problem.worker_outdated")).waitFor();
  assert.match(await vitrine.alert.textContent(), /its worker of build another/);
  await saysAndRecovers(vitrine, site, "problem.worker_outdated");
});

visit("a worker that cannot be understood is refused", async ({ open, site }) => {
  site.rewrite(LOADER, () => "self.postMessage(new Uint8Array([250]).buffer);");
  const vitrine = await open();
  await saysAndRecovers(vitrine, site, "problem.worker_outdated");
});

visit("a worker that falls silent is given up", async ({ open, site, context }) => {
  await context.clock.install();
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.page.workers()[0].evaluate(() => {
    self.onmessage = null;
  });
  await vitrine.page.clock.runFor(120_000);
  assert.equal(await vitrine.alert.textContent(), "", "a worker that owes nothing may be silent");
  await vitrine.type("Is anybody there");
  await vitrine.page.clock.runFor(50_000);
  assert.equal(await vitrine.alert.textContent(), "", "a worker may take its time");
  await vitrine.page.clock.runFor(15_000);
  await saysAndRecovers(vitrine, site, "problem.worker_silent");
});

visit("a worker that never says its first word is given up", async ({ open, site, context }) => {
  await context.clock.install();
  site.rewrite(LOADER, () => "");
  const vitrine = await open();
  await vitrine.recorded();
  await vitrine.page.clock.runFor(310_000);
  await saysAndRecovers(vitrine, site, "problem.worker_missing");
});
