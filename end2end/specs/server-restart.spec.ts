/** The server is restarted while an operator watches: nothing moves, then it goes on. */
import { expect, test } from "../fixtures/test.ts";

test.use({ expectedErrors: /net::ERR_/ });

test("f63: a restart shows as reconnecting, and the deploy goes on", async ({
  board,
  beginRun,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);
  await expect(dialog.reconnecting).toBeHidden();

  await server.stop();
  await expect(dialog.reconnecting).toBeVisible();
  await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);

  await server.start();
  await expect(dialog.reconnecting).toBeHidden();
  // The simulated GitHub began anew with it: soon it says that it has no such run, and the words follow that.
  await dialog.expectStatus("smoke_gate_started");
  await expect(dialog.step("smoke_gate")).toHaveAttribute("data-state", "active");
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
});
