/**
 * The phase callbacks are rolled out step by step, as the design has it: dark, behind the flag, beta on staging,
 * generally available. Nothing is deployed anew for it; each step is a press on the page of flags.
 */
import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";
import type { StepStates } from "../pages/stepper.ts";

const FLAG = "CONSOLE_DEPLOY_PHASE_CALLBACKS";
const PHASES = /^(smoke_gate|freeze_check)_/;

async function turn(page: Page, to: "on" | "off", environment: string): Promise<void> {
  await page.goto("/flags");
  const table = page.getByRole("region", { name: `${FLAG} by environment` });
  await table.getByRole("button", { name: `Turn ${to} in ${environment}` }).click();
  const row = table.getByRole("row", { name: new RegExp(`^${environment}`) });
  await expect(row.getByRole("cell").first()).toHaveText(to === "on" ? "On" : "Off");
  await expect(row).toContainText("local operator");
}

test("from dark to generally available, environment by environment", async ({
  board,
  beginRun,
  page,
  server,
}) => {
  const deployTo = async (environment: string, asksForPhases: boolean, end: StepStates) => {
    await board.open();
    const dialog = await board.openDialog("storefront", environment);
    await dialog.deploy("main");
    const run = await beginRun();
    await run.finish();
    await dialog.expectSteps("succeeded", end);
    const reported = (await server.deploy(run.deployId)).history.map(({ status }) => status);
    expect(reported.some((status) => PHASES.test(status))).toBe(asksForPhases);
  };
  const oldSteps: StepStates = ["not_reported", "not_reported", "done", "done"];
  const oldStaging: StepStates = ["not_reported", "not_required", "done", "done"];

  // Dark: the console knows the statuses, and no workflow sends them. (A rehearsal begins with all flags on.)
  await turn(page, "off", "production");
  await turn(page, "off", "staging");
  await deployTo("production", false, oldSteps);
  await deployTo("staging", false, oldStaging);

  // Beta: staging alone.
  await turn(page, "on", "staging");
  await deployTo("staging", true, ["done", "not_required", "done", "done"]);
  await deployTo("production", false, oldSteps);

  // Generally available.
  await turn(page, "on", "production");
  await deployTo("production", true, ["done", "done", "done", "done"]);

  // And the way back.
  await turn(page, "off", "production");
  await deployTo("production", false, oldSteps);
});
