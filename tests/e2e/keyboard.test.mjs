// Everything can be done without a mouse.
import assert from "node:assert/strict";
import { visit } from "./support/visit.mjs";
import { until } from "./support/vitrine.mjs";

const MOST_TABS = 60;

/** Presses Tab until the element has the focus. */
async function tabTo(vitrine, locator) {
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    if (await locator.evaluate(element => element === document.activeElement)) return;
    await vitrine.page.keyboard.press("Tab");
  }
  assert.fail(`${locator} is not reached by ${MOST_TABS} presses of Tab`);
}

const focused = locator => locator.evaluate(element => element === document.activeElement);

visit("a sentence, a layer, heads, tokens, the table and a file by keyboard alone", async ({ open }) => {
  const vitrine = await open();
  const { keyboard } = vitrine.page;
  await vitrine.ready();

  await tabTo(vitrine, vitrine.field);
  await keyboard.press("Control+a");
  await keyboard.type("I love this film");
  await vitrine.live("I love this film");

  await tabTo(vitrine, vitrine.queries.first().or(vitrine.tokens.first()).first());
  await keyboard.press("ArrowRight");
  assert.ok(await focused(vitrine.tokens.nth(1)));
  await keyboard.press("Enter");
  await until("the token is selected", async () => (await vitrine.address()).get("token") === "1");
  assert.equal(await vitrine.tokens.nth(1).getAttribute("aria-pressed"), "true");
  await keyboard.press("Escape");
  await until("the token is let go", async () => (await vitrine.address()).get("token") === null);

  await tabTo(vitrine, vitrine.layer(0));
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowRight");
  await until("layer 2 is chosen", async () => (await vitrine.address()).get("layer") === "2");

  await tabTo(vitrine, vitrine.head(0));
  await keyboard.press("ArrowRight");
  await keyboard.press("Space");
  await until("head 1 is off", async () => (await vitrine.head(1).getAttribute("aria-pressed")) === "false");
  await keyboard.press("Shift+Enter");
  await until("head 1 is alone", async () => (await vitrine.address()).get("heads") === "1");
  await keyboard.press("a");
  await until("all heads are on", async () => (await vitrine.address()).get("heads") === null);

  await keyboard.press("t");
  await vitrine.table.waitFor();
  assert.ok(await focused(vitrine.page.locator(".twin")), "the table is gone to");
  await keyboard.press("t");
  await vitrine.table.waitFor({ state: "detached" });
  assert.ok(await focused(vitrine.head(1)), "and come back from");

  await keyboard.press("l");
  await until("layer 3 is chosen", async () => (await vitrine.address()).get("layer") === "3");
});

visit("keys work on where another view took away what had the focus", async ({ open }) => {
  const vitrine = await open();
  const { keyboard } = vitrine.page;
  await vitrine.ready();
  const view = async () => (await vitrine.address()).get("view");
  await vitrine.queries.nth(2).focus();
  await keyboard.press("v");
  await until("the model view is in the address", async () => (await view()) === "model");
  await vitrine.page.locator(".grid__button").first().waitFor();
  await keyboard.press("v");
  await until("the next key is heard", async () => (await view()) === "neuron");
});

visit("tokens are chosen besides others by Ctrl and Enter, and by Shift and Enter", async ({ open }) => {
  const vitrine = await open();
  const { keyboard } = vitrine.page;
  await vitrine.ready();
  const chosen = async () => (await vitrine.address()).get("token");
  for (const [place, press, expected] of [[1, "Enter", "1"], [2, "Control+Enter", "1.2"], [3, "Shift+Enter", "1.2.3"]]) {
    await vitrine.tokens.nth(place).focus();
    await keyboard.press(press);
    await until(`${expected} are chosen`, async () => (await chosen()) === expected);
  }
});

visit("the menu opens, closes and saves by keyboard", async ({ open }) => {
  const vitrine = await open();
  const { keyboard } = vitrine.page;
  await vitrine.ready();
  await tabTo(vitrine, vitrine.menu);
  await keyboard.press("Enter");
  await vitrine.menuItem("menu.csv").waitFor();
  await keyboard.press("Escape");
  await vitrine.menuItem("menu.csv").waitFor({ state: "hidden" });
  assert.ok(await focused(vitrine.menu), "Escape gives the focus back");
  await keyboard.press("Enter");
  await tabTo(vitrine, vitrine.menuItem("menu.csv"));
  const [download] = await Promise.all([vitrine.page.waitForEvent("download"), keyboard.press("Enter")]);
  assert.match(download.suggestedFilename(), /\.csv$/);
});

visit("what has the focus in a long picture is not under its heading", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.type("It was good and it was bad. ".repeat(12));
  await until("the tokens are there", async () => (await vitrine.queries.count()) > 80);
  await vitrine.queries.nth(60).focus();
  for (let presses = 0; presses < 50; presses += 1) await vitrine.page.keyboard.press("ArrowUp");
  const covered = await vitrine.queries.nth(10).evaluate(button => {
    const heading = document.querySelector(".headview__heads").getBoundingClientRect();
    return { focused: button === document.activeElement, by: heading.bottom - button.getBoundingClientRect().top };
  });
  assert.ok(covered.focused && covered.by < 1, JSON.stringify(covered));
});

visit("letters typed into the field are letters, not commands", async ({ open }) => {
  const vitrine = await open();
  await vitrine.ready();
  await vitrine.field.fill("");
  await vitrine.field.pressSequentially("all that talk");
  await vitrine.live("all that talk");
  assert.equal((await vitrine.address()).get("layer"), null);
  assert.equal(await vitrine.table.count(), 0);
});

visit("Tab leads from the tokens to the controls and into the picture, however slowly it is pressed", async ({ open }) => {
  const vitrine = await open();
  const { page } = vitrine;
  await vitrine.ready();
  await tabTo(vitrine, vitrine.tokens.first());
  const passed = [];
  for (let presses = 0; presses < 40 && !passed.includes("picture"); presses += 1) {
    await page.keyboard.press("Tab");
    // Long enough for everything to be drawn again that moving the focus changes.
    await page.waitForTimeout(250);
    passed.push(await page.evaluate(() => {
      const within = selector => document.activeElement.closest(selector) !== null;
      return within(".exhibit__picture") ? "picture" : within(".controls") ? "controls" : document.activeElement.tagName;
    }));
  }
  assert.ok(passed.includes("controls") && passed.includes("picture"), passed.join(" "));
});
