// Starts the worker under the query that the page gave this file: the names of the worker's files do not change
// with a build, and a browser's cache must never mix two of them.
const build = new URL(import.meta.url).search;
const { default: init } = await import(`./vitrine-worker.js${build}`);
await init({ module_or_path: new URL(`./vitrine-worker_bg.wasm${build}`, import.meta.url) });
