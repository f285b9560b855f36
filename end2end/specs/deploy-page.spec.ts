/** The page of one deploy: it tells everything once, and what is folded away stays where it was put. */
import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";

test("steps are drawn on one axis, and drawn on while they are watched", async ({ board, page, beginRun }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.root.getByRole("link", { name: "Commits, jobs and journal" }).click();
  const steps = page.getByRole("list", { name: "Deploy steps" });
  const bar = steps.locator("[data-step=smoke_gate] .track__bar");
  await expect(bar).toHaveCount(1);
  await expect(steps.locator("[data-step=deploy] .track__bar")).toHaveCount(0);
  // Nothing is reported, and its bar goes on.
  const before = await bar.getAttribute("width");
  await expect(bar).not.toHaveAttribute("width", before!);
  await expect(page.getByText(/^Under way for .*, and is cancelled at \d\d:\d\d UTC unless it ends before$/)).toBeVisible();

  const journal = page.locator("details", { has: page.getByRole("heading", { name: "Audit log" }) });
  await expect(journal.getByRole("table")).toBeHidden();
  await journal.locator("summary").click();
  await expect(journal.getByRole("table")).toBeVisible();
  await run.finish();
  await expect(steps.locator("[data-step=health_check] .track__bar")).toHaveCount(1);
  await expect(journal.getByRole("cell", { name: "console.deploy.callback" }).last()).toBeVisible();
  await expect(page.getByText(/^Ended .* after /)).toBeVisible();
});

test.describe("of a run that is simulated", () => {
  test.use({ jobs: "simulated" });

  test("a commit is copied, and its pull request is one press away", async ({ board, page, context, server }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await board.deploy("storefront", "staging", "main");
    await new DeployPage(page).open((await server.onlyRun()).inputs["console_deploy_id"]!);
    const facts = page.getByRole("region", { name: "Facts" });
    const commit = await facts.getByRole("link", { name: /^[0-9a-f]{7}$/ }).getAttribute("title");
    const copy = facts.getByRole("button", { name: "Copy the commit" });
    await copy.click();
    await expect(copy.getByRole("status")).toHaveText("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(commit);
    await expect(copy.getByRole("status")).toHaveText("");
    const pull = facts.getByRole("link", { name: /^Pull request #\d+$/ });
    await expect(pull).toHaveAttribute("href", /\/example\/storefront\/pull\/\d+$/);
  });
});

test("whether one is told of the end is said", async ({ board, context }) => {
  await context.grantPermissions(["notifications"]);
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  await expect(dialog.root.getByText("You will be notified when it ends")).toBeVisible();
});

test("a browser that blocks notifications is quoted", async ({ board, page }) => {
  await page.addInitScript(() => {
    const blocked = {
      permission: "default",
      requestPermission: async () => (blocked.permission = "denied"),
    };
    Object.assign(window, { Notification: blocked });
  });
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  await dialog.root.getByRole("button", { name: "Notify me when it ends" }).click();
  await expect(dialog.root.getByText("The browser blocks notifications")).toBeVisible();
});
