/** One asks, another approves: in two browsers, with scripts and without. */
import type { Browser, Page } from "@playwright/test";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";
import { Board } from "../pages/board.ts";

test.use({ serverEnv: { CONSOLE_SIGN_IN: "rehearsal" } });

interface Person {
  page: Page;
  leave: () => Promise<void>;
}

async function signIn(
  browser: Browser,
  url: string,
  role: string,
  options: { javaScriptEnabled?: boolean; viewport?: { width: number; height: number } } = {},
): Promise<Person> {
  const context = await browser.newContext({ baseURL: url, ...options });
  const page = await context.newPage();
  await installAxe(page);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: `Sign in as ${role}`, exact: true }).click();
  await expect(page.getByRole("heading", { name: "Board" })).toBeVisible();
  return { page, leave: () => context.close() };
}

test("a deploy goes to GitHub when somebody else has approved it", async ({ browser, server }) => {
  const deployer = await signIn(browser, server.url, "deployer");
  const approver = await signIn(browser, server.url, "approver");
  const board = new Board(deployer.page);

  await approver.page.goto("/approvals");
  await expect(approver.page.getByText("Nothing waits for you.")).toBeVisible();
  await expect(approver.page.locator("html[data-hydrated]")).toBeAttached();

  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await expect(dialog.root).toContainText("It asks for one approval");
  await expectAccessible(deployer.page, "the form that asks for an approval");
  await dialog.deploy("main");
  await dialog.expectWords("Waits for 1 approval");
  await expect(dialog.root).toContainText("You requested it: somebody else has to approve it.");
  await expect(dialog.root.getByRole("button", { name: "Approve", exact: true })).toBeDisabled();
  await expectAccessible(deployer.page, "a deploy that waits for an approval");

  // The list of what waits follows what happens.
  await approver.page.getByRole("link", { name: "Review storefront to production" }).click();
  const main = approver.page.getByRole("main");
  await expect(main).toContainText("Waits for an approval since");
  await expectAccessible(approver.page, "a deploy that one may approve");
  await expect(approver.page.locator("html[data-hydrated]")).toBeAttached();
  await main.getByRole("textbox", { name: "Comment" }).first().fill("Looks good");
  await main.getByRole("button", { name: "Approve", exact: true }).click();
  await server.onlyRun();

  // Whoever asked sees it at once, and so does everybody else later.
  for (const seen of [dialog.root, main]) {
    await expect(seen.locator("[data-status]").first()).toHaveAttribute("data-status", "dispatched");
    await expect(seen).toContainText(/Approved by .*: Looks good/);
    await expect(seen).not.toContainText("Waits for");
  }
  await approver.page.goto("/approvals");
  await expect(approver.page.getByText("Nothing waits for you.")).toBeVisible();
  await expectAccessible(approver.page, "no approvals");
  await deployer.leave();
  await approver.leave();
});

test("a rejection ends it, and says by whom and why", async ({ browser, server }) => {
  const deployer = await signIn(browser, server.url, "deployer");
  const approver = await signIn(browser, server.url, "approver");
  const board = new Board(deployer.page);
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  await dialog.expectWords("Waits for 1 approval");

  await approver.page.goto("/approvals");
  await approver.page.getByRole("link", { name: "Review storefront to production" }).click();
  await expect(approver.page.locator("html[data-hydrated]")).toBeAttached();
  await approver.page.getByText("Reject…").click();
  const form = approver.page.getByRole("form", { name: "Reject this deploy" });
  await form.getByRole("textbox", { name: "Comment" }).fill("Not on a Friday");
  await form.getByRole("button", { name: "Reject the deploy" }).click();
  for (const seen of [dialog.root, approver.page.getByRole("main")]) {
    await expect(seen).toContainText(/Rejected by .*: Not on a Friday/);
    await expect(seen).toContainText("Not approved — GitHub was not asked");
  }
  await deployer.leave();
  await approver.leave();
});

test("without scripts it is asked for and approved all the same", async ({ browser, server }) => {
  const plain = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } };
  const deployer = await signIn(browser, server.url, "deployer", plain);
  const approver = await signIn(browser, server.url, "approver", plain);

  await deployer.page.goto("/deploy/storefront/production");
  await expect(deployer.page.getByRole("main")).toContainText("It asks for one approval");
  await deployer.page.getByRole("textbox", { name: "Name of the environment" }).fill("production");
  await deployer.page.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(deployer.page.getByRole("main")).toContainText("You requested it");
  await deployer.page.goto("/approvals");
  await expect(deployer.page.getByRole("link", { name: "Open storefront to production" })).toBeVisible();

  await approver.page.goto("/approvals");
  await approver.page.getByRole("link", { name: "Review storefront to production" }).click();
  await approver.page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(approver.page.getByRole("main")).toContainText("Approved by");
  await server.onlyRun();
  await deployer.leave();
  await approver.leave();
});
