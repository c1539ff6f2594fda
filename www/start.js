// Starts the page: the names of its files, which change with every build, stand in the attributes of the script
// element. They are relative to the page and not to this file.
const { program, wasm } = document.querySelector("script[data-program]").dataset;
const { default: init } = await import(new URL(program, document.baseURI));
await init({ module_or_path: new URL(wasm, document.baseURI) });
