// Starts the worker under the query that the page gave this file: the names of the worker's files do not change
// with a build, and a browser's cache must never mix two of them.
const build = new URL(import.meta.url).search;

// A program of one function, which takes a relaxed multiply-add of three vectors: an engine that has no such
// instruction calls it invalid, and gets the worker that does without.
const multiplyAdd = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, // a program, version 1
  1, 5, 1, 96, 0, 1, 123, // a type: nothing to a vector
  3, 2, 1, 0, // a function of it
  10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11, // f32x4.relaxed_madd
]);
const name = WebAssembly.validate(multiplyAdd) ? "vitrine-worker-relaxed" : "vitrine-worker";

const { default: init } = await import(`./${name}.js${build}`);
await init({ module_or_path: new URL(`./${name}_bg.wasm${build}`, import.meta.url) });
