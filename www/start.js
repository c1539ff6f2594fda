// Starts the page: the names of its files, which change with every build, stand in the attributes of the script
// element. They are relative to the page and not to this file.
try {
  const { program, wasm } = document.querySelector("script[data-program]").dataset;
  const { default: init } = await import(new URL(program, document.baseURI));
  await init({ module_or_path: new URL(wasm, document.baseURI) });
} catch (error) {
  // The page has no words yet, so these few stand in the document itself; a page that runs has replaced them.
  document.getElementById("not-started")?.removeAttribute("hidden");
  throw error;
}
