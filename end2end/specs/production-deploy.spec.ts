/**
 * An operator deploys to production, and each step lights up when the workflow file
 * that CI runs reports it, and not before.
 */
import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";
import { HistoryPage } from "../pages/history-page.ts";

test("a production deploy, from click to healthy", async ({ board, page, beginRun, server }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.reason.fill("The autumn release");
  await dialog.deploy("main");
  await dialog.expectSteps("dispatched", ["pending", "pending", "pending", "pending"]);

  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);
  await expect(dialog.announcement).toContainText("Smoke gate");
  await run.through("smoke", "Report that the smoke gate passed");
  await dialog.expectSteps("smoke_gate_passed", ["done", "pending", "pending", "pending"]);
  await run.through("freeze-check", "Report that the freeze check started");
  await dialog.expectSteps("freeze_check_started", ["done", "active", "pending", "pending"]);
  await run.through("freeze-check", "Report that the freeze check passed");
  await dialog.expectSteps("freeze_check_passed", ["done", "done", "pending", "pending"]);
  await run.through("deploy", "Report that the build started");
  await dialog.expectSteps("building", ["done", "done", "active", "pending"]);
  await run.through("deploy", "Report that it is deployed");
  await dialog.expectSteps("deploying", ["done", "done", "done", "active"]);
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);

  expect(run.result("deploy")).toBe("success");

  const dispatched = await server.onlyRun();
  const id = dispatched.inputs["console_deploy_id"]!;
  const deploy = await server.deploy(id);
  expect(deploy.github_run_id).toBe(dispatched.id);
  expect(deploy.history.map(({ status }) => status)).toEqual([
    "requested",
    "dispatched",
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
  ]);

  const deployPage = new DeployPage(page);
  await deployPage.open(id);
  await deployPage.expectSteps("succeeded", ["done", "done", "done", "done"]);
  await expect(page.getByText("The autumn release").first()).toBeVisible();
  await expect(page.getByText("Smoke gate started.").first()).toBeVisible();

  const history = new HistoryPage(page);
  await history.open();
  await expect(history.row("storefront", "production", "main")).toHaveCount(1);
});
