/** An operator who uses no mouse. */
import type { Locator, Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";

/** Presses a key until this has the focus; it has to be reached within the page's elements. */
async function press(page: Page, key: string, target: Locator): Promise<void> {
  const reachable = await page.locator("a[href], button, input, select, textarea, summary").count();
  for (let presses = 0; presses <= reachable; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  await expect(target).toBeFocused();
}

test("a deploy by keyboard alone", async ({ board, page, beginRun }) => {
  await board.open();
  await press(page, "Tab", board.deployButton("storefront", "production"));
  await page.keyboard.press("Enter");

  const dialog = board.dialog("storefront", "production");
  await expect(dialog.root).toBeVisible();
  await press(page, "Tab", dialog.gitRef);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("main");
  await press(page, "Tab", dialog.environmentName);
  await page.keyboard.type("production");
  await press(page, "Tab", dialog.submit);
  await page.keyboard.press("Enter");

  const run = await beginRun();
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);

  await page.keyboard.press("Escape");
  await expect(dialog.root).toBeHidden();
  await expect(board.deployButton("storefront", "production")).toBeFocused();
});

for (const key of ["Tab", "Shift+Tab"]) {
  test(`the focus stays in the dialog (${key})`, async ({ board, page }) => {
    await board.open();
    const dialog = await board.openDialog("storefront", "production");
    const focused = () =>
      dialog.root.evaluate((element) => {
        const { activeElement } = document;
        if (element.contains(activeElement)) return "inside";
        // A native dialog lets the focus out to the browser's own controls, and to nothing else.
        return activeElement === document.body ? "the browser" : activeElement?.outerHTML;
      });

    expect(await focused(), "when it opens").toBe("inside");
    const controls = await dialog.root.locator("a[href], button, input, select, textarea").count();
    const seen = new Set<string | undefined>();
    for (let presses = 1; presses <= 2 * controls + 4; presses++) {
      await page.keyboard.press(key);
      seen.add(await focused());
    }
    seen.delete("the browser");
    expect([...seen]).toEqual(["inside"]);
  });
}

for (const [way, close] of Object.entries({
  Escape: (page: Page) => page.keyboard.press("Escape"),
  "the Close button": (page: Page) =>
    page.getByRole("dialog").getByRole("button", { name: "Close" }).press("Enter"),
})) {
  test(`${way} closes the dialog, and the focus returns to its opener`, async ({ board, page }) => {
    await board.open();
    const opener = board.deployButton("billing-api", "staging");
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = board.dialog("billing-api", "staging");
    await expect(dialog.root).toBeVisible();

    await close(page);
    await expect(dialog.root).toBeHidden();
    await expect(opener).toBeFocused();
  });
}
