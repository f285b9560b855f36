/**
 * GitHub asks the console before a job goes on into production, whoever started the run: a freeze and an approval also bind
 * what somebody runs by hand. The board says who tried, and a page what GitHub was told.
 */
import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";
import type { Page } from "@playwright/test";

test.use({ jobs: "simulated" });

const RUN = ["example/storefront", "deploy-console.yml", "production"] as const;

async function freezeProduction(page: Page): Promise<void> {
  await page.goto("/freezes");
  const form = page.getByRole("form", { name: "Stop now" });
  await form.getByRole("combobox", { name: "Environment" }).selectOption({ label: "production" });
  await form.getByRole("textbox", { name: "Reason" }).fill("Quarter end");
  await form.getByRole("button", { name: "Stop deploys" }).click();
  await expect(page.getByRole("region", { name: "Declared" })).toContainText("Quarter end");
}

test("a run by hand into a frozen production is stopped, and the board says who tried", async ({
  page,
  server,
}) => {
  await installAxe(page);
  await freezeProduction(page);
  await page.goto("/");
  const { id } = await server.runByHandAs("octocat", ...RUN);

  await expect(page.getByText("octocat’s run by hand was stopped").first()).toBeVisible();
  await expectAccessible(page, "a board that says who tried");

  await page.goto("/protection");
  const row = page.getByRole("row").filter({ hasText: `Run ${id}` });
  await expect(row).toContainText("Stopped");
  await expect(row).toContainText("started by octocat");
  await expect(row).toContainText("There is a freeze on production of storefront: “Quarter end”");
  await expect(row).toContainText("Told at");
  await expectAccessible(page, "what GitHub was told");
  await row.getByRole("link", { name: "its deploy" }).click();
  await expect(page.getByText(/The console stopped it at GitHub's gate\./).first()).toBeVisible();
});

test("it goes through where nothing is frozen, and its webhook may be lost", async ({ page, server }) => {
  await server.loseWebhooks(true);
  const { id } = await server.runByHandAs("octocat", ...RUN);
  await page.goto("/protection");
  const row = page.getByRole("row").filter({ hasText: `Run ${id}` });
  await expect(row).toContainText("Let through");
  await page.goto("/");
  await expect(page.getByText("by octocat on GitHub").first()).toBeVisible();
});

test.describe("where people sign in, without scripts", () => {
  test.use({ serverEnv: { CONSOLE_SIGN_IN: "rehearsal" }, javaScriptEnabled: false });

  test("others approve a run by hand", async ({ page, server }) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Sign in as approver", exact: true }).click();
    const { id } = await server.runByHandAs("octocat", ...RUN);
    const row = page.getByRole("row").filter({ hasText: `Run ${id}` });
    await expect(async () => {
      await page.goto("/protection");
      await expect(row).toContainText("Waits for approval", { timeout: 100 });
    }).toPass();
    await row.getByText("Approve…").click();
    await row.getByRole("textbox", { name: "Comment (optional)" }).first().fill("Go ahead");
    await row.getByRole("button", { name: "Approve", exact: true }).click();
    await expect(row).toContainText("Let through");
    await expect(row).toContainText("Approved by");
  });
});
