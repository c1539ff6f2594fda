// Starts the real browser, and watches what a page must never do.
import { chromium } from "playwright-core";

/** What the tests are told by `cargo xtask`; each has a default for a call by hand. */
export const executablePath = process.env.VITRINE_CHROMIUM ?? "/usr/bin/chromium";
export const dist = process.env.VITRINE_DIST ?? new URL("../../../dist", import.meta.url).pathname;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Nothing but this machine has an address.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

export const launch = () => chromium.launch({ executablePath, args: FLAGS });

/** Keeps what a page and its workers ask for and complain about. */
export class Watch {
  foreign = [];
  violations = [];
  errors = [];

  constructor(context, origin) {
    context.on("request", request => {
      const url = request.url();
      const isOwn = url.startsWith(origin + "/") || url.startsWith(`blob:${origin}/`);
      if (!isOwn && !url.startsWith("about:")) this.foreign.push(url);
    });
    context.on("console", message => {
      const text = message.text();
      if (/Content Security Policy/i.test(text)) this.violations.push(text);
      else if (message.type() === "error") this.errors.push(text);
    });
    context.on("weberror", error => this.errors.push(error.error().message));
  }
}
