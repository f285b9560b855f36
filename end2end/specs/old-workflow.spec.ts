/**
 * A workflow without the phase callbacks reports nothing before `building`. The
 * operator is told that, not that the gates were passed.
 */
import { expect, test } from "../fixtures/test.ts";

test.use({ serverEnv: { FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS: "false" } });

test("gates that nobody reported are shown as not reported", async ({
  board,
  beginRun,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");

  const run = await beginRun();
  expect((await server.onlyRun()).inputs).not.toHaveProperty("phase_callbacks");
  await run.through("freeze-check", "Run the freeze check");
  await dialog.expectSteps("dispatched", ["pending", "pending", "pending", "pending"]);
  await run.through("deploy", "Report that the build started");
  await dialog.expectSteps("building", ["not_reported", "not_reported", "active", "pending"]);
  await run.finish();
  await dialog.expectSteps("succeeded", ["not_reported", "not_reported", "done", "done"]);
});

test("a gate that fails is still reported, and shown where it failed", async ({
  board,
  beginRun,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");

  const run = await beginRun({ SMOKE_COMMAND: "exit 1" });
  await run.finish();
  await dialog.expectSteps("failed", ["failed", "not_reached", "not_reached", "not_reached"]);
});
