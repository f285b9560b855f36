/** From a figure to the deploys behind it, and from the history to a file: by keyboard, and without scripts. */
import { readFile } from "node:fs/promises";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ jobs: "simulated" });

test("a day of a plot leads to its deploys", async ({ board, page, browser, server }) => {
  await board.open();
  const bad = await board.openDialog("storefront", "production");
  await bad.deploy("main", "Smoke gate fails");
  await bad.expectStatus("failed");
  await bad.close.click();
  const good = await board.openDialog("storefront", "production");
  await good.deploy("main", "All well");
  await good.expectStatus("succeeded");
  await good.close.click();

  await installAxe(page);
  await page.goto("/insight");
  await expect(page.getByLabel("Environment")).toHaveValue("production");
  const plot = page.getByRole("figure", { name: "Outcomes per day" });
  const day = plot.getByRole("link", { name: /^\d{4}-\d\d-\d\d: 1 succeeded, 1 failed$/ });
  await expectAccessible(page, "insight with a day");
  await day.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/deploys\?.*environment=production&ended_since=/);
  await expect(page.getByText("2 deploys: 1 succeeded, 1 failed")).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(3);
  await expect(page.getByLabel("Ended from")).not.toHaveValue("");
  await expectAccessible(page, "the history of a day");

  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto("/insight?environment=");
  await plain.getByText("As a table").first().click();
  await plain.getByRole("link", { name: /^1 failed on / }).click();
  await expect(plain.getByRole("row")).toHaveCount(2);
  await expect(plain.getByText("1 deploy: 1 failed")).toBeVisible();
  await context.close();
});

test("the history is searched by a part of a name, and exported", async ({ board, page }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main", "All well");
  await dialog.expectStatus("succeeded");
  await page.goto("/deploys");
  await page.getByLabel("Person").fill("OPER");
  await page.getByLabel("Status").selectOption("Succeeded");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/status=succeeded&person=OPER/);
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("row").last().locator("time")).toHaveText(/^\d+ (s|min) ago$/);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const file = await (await download).path();
  const lines = (await readFile(file, "utf8")).split("\r\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(",storefront,staging,main,");

  await page.getByLabel("Person").fill("nobody");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("No deploy is recorded for this choice.")).toBeVisible();
});
