/** The palette: from the keyboard to anything, in few keys. */
import type { Page } from "@playwright/test";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";
import { expectHydrated } from "../pages/board.ts";

/** Types as a person does, and counts the keys. */
async function type(page: Page, ...keys: string[]): Promise<number> {
  for (const key of keys) await page.keyboard.press(key);
  return keys.length;
}

test("the form of production is 15 keys away, from any page", async ({ board, page }) => {
  await installAxe(page);
  await page.goto("/doctor");
  await expectHydrated(page);
  let keys = await type(page, "Control+k");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await expect(palette.getByRole("option").first()).toBeVisible();
  await expectAccessible(page, "the palette");
  keys += await type(page, ..."st prod", "Enter");
  const dialog = board.dialog("storefront", "production");
  await expect(dialog.gitRef).toBeFocused();
  expect(keys).toBeLessThanOrEqual(15);
});

test("a verb and words of a place name one command", async ({ page }) => {
  await page.goto("/");
  await expectHydrated(page);
  await page.getByRole("button", { name: "Search or jump to" }).click();
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  const field = palette.getByRole("combobox");
  const chosen = palette.getByRole("option", { selected: true });
  await field.fill("freeze bill prod");
  await expect(chosen).toContainText("Freeze billing-api in production…");
  await field.fill("nothing of the kind");
  await expect(palette.getByText("Nothing matches.")).toBeVisible();
  await field.fill("stag");
  await expect(palette.getByRole("option")).toHaveCount(3);
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toContainText("Deploy billing-api to staging…");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(chosen).toContainText("Deploy search to staging…");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
});

test("a freeze from the palette is of that place", async ({ page }) => {
  await page.goto("/");
  await expectHydrated(page);
  await type(page, "Control+k");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await palette.getByRole("combobox").fill("freeze bill prod");
  await expect(palette.getByRole("option", { selected: true })).toContainText("Freeze billing-api in production…");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/freezes\?/);
  for (const name of ["Stop now", "For a period", "Every week"]) {
    const form = page.getByRole("form", { name });
    await expect(form.getByLabel("App")).toHaveValue("billing-api");
    await expect(form.getByLabel("Environment")).toHaveValue("production");
  }
});

test("j and k go from app to app", async ({ board, page }) => {
  await board.open();
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await page.keyboard.press("j");
  expect(await focused()).toBe("storefront");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  expect(await focused()).toBe("customer-docs");
});
