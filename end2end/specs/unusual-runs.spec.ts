/**
 * Runs that do not go as planned on GitHub: a leg fails after the others, an approval is refused, a run is deleted or
 * begins again, and a fork's run says that it deployed.
 */
import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";
import type { ConsoleServer } from "../fixtures/server.ts";
import { DeployPage } from "../pages/deploy-page.ts";

test.use({ jobs: "simulated", pace: "500ms" });

test("one of three legs fails late, and the deploy with it", async ({ board }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main", "One of three legs fails late");

  await dialog.expectWords("Failed in the health check — in 1 of 3 legs: ap");
  await expect(dialog.step("health_check")).toContainText("The health check failed: 503 from /healthz.");
  const legs = dialog.root.getByRole("list", { name: "Deploy: legs" });
  await expect(legs.getByRole("listitem")).toHaveCount(3);
  await dialog.close.click();
  await expect(board.row("storefront", "production")).toContainText("Failed in the health check");
});

test("an approval is rejected, and it says by whom and why", async ({ board }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main", "Its approval is rejected");

  await expect(dialog.root.getByText(/waits on GitHub for an approval/)).toBeVisible();
  await dialog.expectStatus("failed");
  await expect(dialog.root).toContainText("octocat rejected the approval on GitHub: “Not on a Friday.” The job deploy never began.");
});

test("the run is deleted: an operator abandons the deploy, and the environment is free", async ({
  board,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main", "Its run is deleted");
  await dialog.expectStatus("deploying");
  await expect(dialog.root).toContainText("GitHub has no record of the run");

  await dialog.root.getByText("Abandon…").click();
  await dialog.root.getByRole("textbox", { name: "Reason" }).fill("Deleted by mistake");
  await dialog.root.getByRole("button", { name: "Abandon the deploy" }).click();
  await dialog.expectStatus("failed");
  await expect(dialog.root).toContainText("Abandoned by local operator");
  await expect(dialog.root).toContainText("Deleted by mistake");
  await dialog.close.click();

  await board.deploy("storefront", "staging", "main");
});

test("f80: the run of an abandoned deploy is followed to its end", async ({ board, page }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main", "It stalls");
  await dialog.expectStatus("smoke_gate_started");
  await dialog.root.getByText("Abandon…").click();
  await dialog.root.getByRole("textbox", { name: "Reason" }).fill("It hangs");
  await dialog.root.getByRole("button", { name: "Abandon the deploy" }).click();
  await dialog.expectStatus("failed");
  await expect(dialog.root).toContainText("local operator asked GitHub to cancel its run");
  // The dialog is over with the deploy; its page goes on with the run.
  await dialog.root.getByRole("link", { name: "Commits, jobs and journal" }).click();
  const main = page.getByRole("main");
  await expect(main).toContainText("Its run has ended on GitHub.");
  await expect(main.getByText(/^Cancel run/)).toBeHidden();
  await board.open();
  await page.goBack();
  await expect(main).toContainText("Its run has ended on GitHub.");
});

test("a re-run after the end is a deploy of its own", async ({ board, page, server }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main", "Build fails");
  await dialog.expectStatus("failed");
  const [first] = await deploysOf(server);

  await expect(async () => server.rerun(first!)).toPass();
  await expect(async () => expect(await deploysOf(server)).toHaveLength(2)).toPass();
  const second = (await deploysOf(server)).find((id) => id !== first)!;
  await openDeploy(page, second).then((deploy) =>
    deploy.expectSteps("succeeded", ["done", "not_required", "done", "done"]),
  );
  await expect(page.getByRole("main")).toContainText("attempt 2");
  await openDeploy(page, first!).then((deploy) =>
    deploy.expectSteps("failed", ["done", "not_required", "failed", "not_reached"]),
  );
});

test("what a fork's run claims is shown as a claim", async ({ board, server }) => {
  await board.open();
  const row = board.row("storefront", "production");
  const before = await row.getAttribute("class");
  await server.claimFromFork("example/storefront", "deploy-console.yml", "production");

  await expect(row).toContainText("claims to have deployed main");
  await board.openDetails("storefront", "production");
  await expect(row.getByRole("note")).toContainText("A run by mallory on GitHub claims to have deployed main");
  await expect(row.getByRole("note")).toContainText("its workflow is not ours (of the fork mallory/fork)");
  expect(await row.getAttribute("class")).toBe(before);
  expect((await server.deploys()).deploys).toEqual([]);
});

async function deploysOf(server: ConsoleServer): Promise<string[]> {
  return (await server.deploys()).deploys.map(({ id }) => id);
}

async function openDeploy(page: Page, id: string): Promise<DeployPage> {
  const deploy = new DeployPage(page);
  await deploy.open(id);
  return deploy;
}
