// A static host for the built page: it mounts the folder under a sub-path, keeps a log, and can misbehave on demand.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** How many parts a slow answer comes in. */
const SLICES = 20;

/** Serves a folder until `close` is called. */
export class Site {
  /** The sub-path that the page must do with. */
  static mount = "/courses/vitrine/";

  #rules = [];
  #server;

  /** Paths that were asked for, relative to the mount, with the status of the answer. */
  log = [];

  constructor(folder) {
    this.folder = folder;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(error => response.destroy(error));
    });
  }

  static async start(folder) {
    await stat(join(folder, "index.html")).catch(() => {
      throw new Error(`${folder} holds no built page: run \`cargo xtask dist\``);
    });
    const site = new Site(folder);
    await new Promise(resolve => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  /** Where the page is. Browsers trust this machine's own address as they trust https; other names they do not. */
  url(host = "127.0.0.1") {
    return `http://${host}:${this.#server.address().port}${Site.mount}`;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  /** Behaves again. */
  forgive() {
    this.#rules = [];
  }

  /** Answers 404 for files that match. */
  withhold(pattern) {
    this.#rules.push({ pattern, kind: "withhold" });
  }

  /** Sends only the first half of files that match, as whole as far as HTTP can tell, so many times. */
  truncate(pattern, times = Infinity) {
    this.#rules.push({ pattern, kind: "truncate", times });
  }

  /** Hangs up in the middle of files that match, so many times. */
  hangUp(pattern, times = Infinity) {
    this.#rules.push({ pattern, kind: "hangUp", times });
  }

  /** Sends files that match with a byte in their middle changed, so many times. */
  corrupt(pattern, times = Infinity) {
    this.#rules.push({ pattern, kind: "corrupt", times });
  }

  /** Holds back files that match until the returned function is called. */
  hold(pattern) {
    let release;
    const released = new Promise(resolve => (release = resolve));
    this.#rules.push({ pattern, kind: "hold", released });
    return release;
  }

  /** Takes this long over files that match, a slice at a time. */
  slow(pattern, milliseconds) {
    this.#rules.push({ pattern, kind: "slow", milliseconds });
  }

  /** Sends the text of files that match as `edit` returns it. */
  rewrite(pattern, edit) {
    this.#rules.push({ pattern, kind: "rewrite", edit });
  }

  /** How often files that match were asked for. */
  count(pattern) {
    return this.log.filter(entry => pattern.test(entry.path)).length;
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.url());
    if (!pathname.startsWith(Site.mount)) {
      this.log.push({ path: pathname, status: 404, outside: true });
      response.writeHead(404).end();
      return;
    }
    const path = decodeURIComponent(pathname.slice(Site.mount.length)) || "index.html";
    const entry = { path, status: 200 };
    this.log.push(entry);
    let body = await this.#read(path);
    let hangsUp = false;
    let pause = 0;
    for (const rule of this.#rules.filter(rule => rule.pattern.test(path))) {
      if (rule.kind === "withhold") body = null;
      if (rule.kind === "hold") await rule.released;
      if (rule.kind === "rewrite" && body) body = Buffer.from(rule.edit(body.toString("utf8")));
      if (rule.kind === "slow") pause = rule.milliseconds / SLICES;
      if (!(rule.times > 0) || !body) continue;
      rule.times -= 1;
      if (rule.kind === "truncate") body = body.subarray(0, body.length >> 1);
      if (rule.kind === "hangUp") hangsUp = true;
      if (rule.kind === "corrupt") body[body.length >> 1] ^= 0xff;
    }
    if (!body) {
      entry.status = 404;
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      "Content-Length": body.length,
      // As GitHub Pages does: a browser may keep files for ten minutes.
      "Cache-Control": "max-age=600",
    });
    if (hangsUp) {
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
      return;
    }
    const slice = pause > 0 ? Math.ceil(body.length / SLICES) : body.length;
    for (let start = 0; start < body.length; start += slice) {
      response.write(body.subarray(start, start + slice));
      if (pause > 0) await new Promise(resolve => setTimeout(resolve, pause));
    }
    response.end();
  }

  async #read(path) {
    const file = normalize(join(this.folder, path));
    if (!file.startsWith(normalize(this.folder) + sep)) return null;
    return readFile(file).catch(() => null);
  }
}
