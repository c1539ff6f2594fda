// Starts the real browser, and watches what a page must never do.
import { chromium } from "playwright-core";

/** What the tests are told by `cargo xtask`; each has a default for a call by hand. */
export const executablePath = process.env.VITRINE_CHROMIUM ?? "/usr/bin/chromium";
export const dist = process.env.VITRINE_DIST ?? new URL("../../../dist", import.meta.url).pathname;

export const poolProbe =
  process.env.VITRINE_POOL_PROBE ?? new URL("../../../target/pool-probe", import.meta.url).pathname;

export const kernelProbe =
  process.env.VITRINE_KERNEL_PROBE ?? new URL("../../../target/kernel-probe", import.meta.url).pathname;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing but this machine has an address, and it has a second name that a browser does not trust.
  "--host-resolver-rules=MAP vitrine.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

export const launch = () => chromium.launch({ executablePath, args: FLAGS });

/** A host that stands for any other than the page's own. */
export const FOREIGN_HOST = "elsewhere.test";

/** A name of this machine that is no secure context: no `caches`, no `crypto.subtle`. */
export const PLAIN_HOST = "vitrine.test";

/** Keeps what pages and their workers ask other origins for, and where they break their policy. */
export class Watch {
  foreign = [];
  violations = [];

  /** `own` is the origin that requests may go to. */
  constructor(context, own) {
    context.on("request", request => {
      // What the page made itself (blob: and the like) leaves no machine.
      const url = new URL(request.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== own) this.foreign.push(request.url());
    });
    context.on("console", message => {
      if (/Content Security Policy/i.test(message.text())) this.violations.push(message.text());
    });
  }
}
