// A model without a classifier: the shipped one, whose classifier's tensors have other names in the file.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dist } from "./browser.mjs";

/** Has the site bring it in the place of the shipped model. */
export async function lendWithoutClassifier(site) {
  const read = name => readFile(join(dist, "models", name));
  const manifest = JSON.parse((await read("manifest.json")).toString("utf8"));
  const weights = await read(manifest.file);
  for (const name of ["classifier.weight", "classifier.bias"]) {
    const at = weights.indexOf(name);
    assert.ok(at > 0, `${manifest.file} has a tensor ${name}`);
    weights.write("x", at);
  }
  const sha256 = createHash("sha256").update(weights).digest("hex");
  site.lend(`models/${manifest.file}`, weights);
  site.lend("models/manifest.json", JSON.stringify({ ...manifest, id: "without-classifier", sha256 }));
}
