/** An operator deploys to staging, which has no freeze check, and is told so. */
import { expect, test } from "../fixtures/test.ts";

test("a staging deploy passes over the freeze check, and says that none is required", async ({
  board,
  beginRun,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");

  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate passed");
  await dialog.expectSteps("smoke_gate_passed", ["done", "not_required", "pending", "pending"]);
  await run.through("deploy", "Report that the build started");
  await dialog.expectSteps("building", ["done", "not_required", "active", "pending"]);
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "not_required", "done", "done"]);

  expect(run.result("freeze-check")).toBe("skipped");
});
