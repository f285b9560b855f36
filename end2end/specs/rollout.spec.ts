/**
 * The phase callbacks are rolled out step by step, as the design has it: dark with the workflow file of before, then
 * the new file, the flag on staging, an observation there, production; and all the way back. The console is not
 * deployed again for any of it.
 */
import type { Locator, Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";
import type { StepStates } from "../pages/stepper.ts";
import { BEFORE_PHASES_WORKFLOW, DEPLOY_WORKFLOW } from "../workflow/repository.ts";

const FLAG = "CONSOLE_DEPLOY_PHASE_CALLBACKS";
const PHASES = /^(smoke_gate|freeze_check)_/;

const OLD_PRODUCTION: StepStates = ["not_reported", "not_reported", "done", "done"];
const OLD_STAGING: StepStates = ["not_reported", "not_required", "done", "done"];
const NEW_PRODUCTION: StepStates = ["done", "done", "done", "done"];
const NEW_STAGING: StepStates = ["done", "not_required", "done", "done"];

async function row(page: Page, environment: string): Promise<Locator> {
  await page.goto("/flags");
  const table = page.getByRole("region", { name: `${FLAG} by environment` });
  return table.getByRole("row", { name: new RegExp(`^${environment}`) });
}

async function turn(page: Page, to: "on" | "off", environment: string): Promise<void> {
  const setting = await row(page, environment);
  await setting.getByRole("button", { name: `Turn ${to} in ${environment}` }).click();
  await expect(setting.getByRole("cell").first()).toHaveText(to === "on" ? "On" : "Off");
  await expect(setting).toContainText("local operator");
}

test("from dark to production, environment by environment, and back", async ({
  board,
  beginRun,
  commitWorkflow,
  page,
  server,
}) => {
  test.slow();
  const deployTo = async (environment: string, end: StepStates) => {
    await board.open();
    const dialog = await board.openDialog("storefront", environment);
    await dialog.deploy("main");
    const run = await beginRun();
    await run.finish();
    await dialog.expectSteps("succeeded", end);
    const { history } = await server.deploy(run.deployId);
    const reports = history.some(({ status }) => PHASES.test(status));
    expect(reports).toBe(end === NEW_PRODUCTION || end === NEW_STAGING);
    return history;
  };

  await test.step("dark: the console knows the statuses, and the old file sends none", async () => {
    await commitWorkflow(BEFORE_PHASES_WORKFLOW);
    // A rehearsal begins with all flags on.
    await turn(page, "off", "production");
    await turn(page, "off", "staging");
    await deployTo("production", OLD_PRODUCTION);
    await deployTo("staging", OLD_STAGING);
  });

  await test.step("a flag that is on too early says what is missing", async () => {
    await turn(page, "on", "staging");
    const history = await deployTo("staging", OLD_STAGING);
    const said = "This workflow cannot report its gates";
    expect(history.map(({ log_line }) => log_line ?? "").join()).toContain(said);
    await expect(await row(page, "staging")).toContainText(`storefront: ${said}`);
    await expect(await row(page, "staging")).toContainText("0 of 1 deploy since then");
  });

  await test.step("the new file: staging alone, and one observation there", async () => {
    await commitWorkflow(DEPLOY_WORKFLOW);
    const unconfirmed = (await row(page, "production")).getByRole("checkbox");
    await expect(unconfirmed).not.toBeChecked();
    await deployTo("staging", NEW_STAGING);
    await expect(await row(page, "staging")).toContainText("1 of 2 deploys since then");
    await expect(await row(page, "staging")).not.toContainText("cannot report");
    await deployTo("production", OLD_PRODUCTION);
  });

  await test.step("production, without anything to confirm", async () => {
    await expect((await row(page, "production")).getByRole("checkbox")).toHaveCount(0);
    await turn(page, "on", "production");
    await deployTo("production", NEW_PRODUCTION);
  });

  await test.step("all the way back", async () => {
    await turn(page, "off", "production");
    await turn(page, "off", "staging");
    await deployTo("production", OLD_PRODUCTION);
    await commitWorkflow(BEFORE_PHASES_WORKFLOW);
    await deployTo("production", OLD_PRODUCTION);
    await deployTo("staging", OLD_STAGING);
  });
});

test("production without an observation has to be confirmed", async ({ page }) => {
  await turn(page, "off", "production");
  const production = await row(page, "production");
  const confirm = production.getByRole("checkbox", { name: /Turn it on anyway/ });
  const button = production.getByRole("button", { name: "Turn on in production" });
  await button.click();
  await expect(confirm, "the browser asks for it").toBeFocused();
  await confirm.check();
  await button.click();
  await expect(production.getByRole("cell").first()).toHaveText("On");
});
