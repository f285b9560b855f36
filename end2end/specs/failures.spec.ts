/** A step fails, and the operator sees which, what came before it, and that it is over. */
import { expect, test } from "../fixtures/test.ts";
import type { StepStates } from "../pages/stepper.ts";

const FAILURES: { step: string; variable: string; states: StepStates }[] = [
  {
    step: "smoke gate",
    variable: "SMOKE_COMMAND",
    states: ["failed", "not_reached", "not_reached", "not_reached"],
  },
  {
    step: "freeze check",
    variable: "FREEZE_CHECK_COMMAND",
    states: ["done", "failed", "not_reached", "not_reached"],
  },
  { step: "build", variable: "BUILD_COMMAND", states: ["done", "done", "failed", "not_reached"] },
  {
    step: "health check",
    variable: "HEALTH_CHECK_COMMAND",
    states: ["done", "done", "done", "failed"],
  },
];

for (const { step, variable, states } of FAILURES) {
  test(`the ${step} fails`, async ({ board, beginRun }) => {
    await board.open();
    const dialog = await board.openDialog("storefront", "production");
    await dialog.deploy("main");

    const run = await beginRun({ [variable]: "exit 1" });
    await run.finish();

    await dialog.expectSteps("failed", states);
    await expect(dialog.announcement).toContainText(/failed/i);
  });
}
