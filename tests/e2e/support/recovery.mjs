// What every failure must leave possible.
import assert from "node:assert/strict";

/** The sentence of a problem stands there; what is typed now is kept, and answered after a new start. */
export async function saysAndRecovers(vitrine, site, problem) {
  await vitrine.alert.getByText(vitrine.t(problem)).waitFor();
  await vitrine.type("Still here");
  await vitrine.page.waitForTimeout(400);
  assert.equal(await vitrine.field.inputValue(), "Still here");
  assert.ok(await vitrine.isDrawn(), "the last picture stays");
  site.forgive();
  await vitrine.restart.click();
  await vitrine.live("Still here");
  assert.equal(await vitrine.alert.textContent(), "");
  assert.equal(await vitrine.field.inputValue(), "Still here");
}
