/** On a telephone, nothing has to be scrolled sideways to be read. */
import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";
import { HistoryPage } from "../pages/history-page.ts";

test.use({ viewport: { width: 390, height: 844 } });

async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(width, `the width of ${what}`).toBeLessThanOrEqual(390);
}

test("every page fits a screen of 390 pixels", async ({ board, page, beginRun, server }) => {
  await board.open();
  await expectNoSidewaysScroll(page, "the board");
  const dialog = await board.openDialog("storefront", "production");
  await expectNoSidewaysScroll(page, "the form");
  await dialog.reason.fill("A reason of some length, with a-word-that-nobody-breaks".repeat(3));
  await dialog.deploy("release/2026-11-22-a-branch-with-a-name-that-goes-on-and-on");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);
  await expectNoSidewaysScroll(page, "the dialog");
  const box = (await dialog.root.boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(390);

  const id = (await server.onlyRun()).inputs["console_deploy_id"]!;
  await new DeployPage(page).open(id);
  await expectNoSidewaysScroll(page, "a deploy");
  await new HistoryPage(page).open();
  await expectNoSidewaysScroll(page, "the history");
  await board.open();
  await expectNoSidewaysScroll(page, "the board with a deploy under way");

  await run.finish();
  await page.goto("/versions/storefront/production");
  await expect(page.getByRole("region", { name: "Live", exact: true })).toContainText("release/");
  await expectNoSidewaysScroll(page, "the versions");
  await page.goto("/me");
  await expectNoSidewaysScroll(page, "who one is");
  await page.goto("/tokens");
  await expect(page.getByRole("form", { name: "Make a token" })).toBeVisible();
  await expectNoSidewaysScroll(page, "the tokens");
  await page.goto("/sessions");
  await expectNoSidewaysScroll(page, "the sessions");
  await page.goto("/approvals");
  await expect(page.getByRole("heading", { name: "Approvals" })).toBeVisible();
  await expectNoSidewaysScroll(page, "the approvals");
  await page.goto("/protection");
  await expect(page.getByRole("heading", { name: "GitHub’s gate" })).toBeVisible();
  await expectNoSidewaysScroll(page, "what GitHub asked");
  await page.goto("/insight");
  await expectNoSidewaysScroll(page, "insight");
  await page.goto("/audit");
  await expect(page.getByRole("heading", { name: "Audit log" })).toBeVisible();
  await expectNoSidewaysScroll(page, "the audit log");
  await page.goto("/doctor");
  await expect(page.getByRole("heading", { name: "legacy-billing" })).toBeVisible();
  await expectNoSidewaysScroll(page, "the doctor");
  await page.goto("/deploy/storefront/production");
  await expectNoSidewaysScroll(page, "the page from which one deploys");
  await page.goto(`/deploys/${id}/to/staging`);
  await expect(page.getByRole("button", { name: "Deploy", exact: true })).toBeVisible();
  await expectNoSidewaysScroll(page, "a promotion");
});
