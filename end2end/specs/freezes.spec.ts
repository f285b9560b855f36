/** Nothing is deployed during a freeze without a reason, and an operator who is stopped is told by which freeze. */
import { expect, test } from "../fixtures/test.ts";
import type { Page } from "@playwright/test";

// A server function that refuses answers with the problem, and the browser writes that into its log.
test.use({ expectedErrors: /409 \(Conflict\)/ });

async function stopNow(page: Page, environment: string, reason: string): Promise<void> {
  await page.goto("/freezes");
  const form = page.getByRole("form", { name: "Stop now" });
  await form.getByRole("combobox", { name: "Environment" }).selectOption({ label: environment });
  await form.getByRole("textbox", { name: "Reason" }).fill(reason);
  await form.getByRole("button", { name: "Stop deploys" }).click();
  await expect(page.getByRole("region", { name: "Declared" })).toContainText(reason);
}

test("a freeze that begins after the press stops the deploy at its freeze check", async ({
  board,
  beginRun,
  context,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate passed");
  await dialog.expectSteps("smoke_gate_passed", ["done", "pending", "pending", "pending"]);

  const other = await context.newPage();
  await stopNow(other, "production", "Quarter end <b>closing</b>");
  await other.close();
  await run.finish();

  expect(run.result("freeze-check")).toBe("failure");
  expect(run.result("deploy")).toBe("skipped");
  await dialog.expectSteps("failed", ["done", "failed", "not_reached", "not_reached"]);
  await expect(dialog.root).toContainText("A freeze stopped it at the freeze check.");
  await expect(dialog.root).toContainText(
    "“Quarter end <b>closing</b>”, declared by local operator, until it is lifted.",
  );
});

test("a freeze is shown before the press, which goes ahead with a reason", async ({
  board,
  beginRun,
  page,
}) => {
  await stopNow(page, "production", "Quarter end");
  await board.open();
  await expect(page.getByText("Frozen. Opens when it is lifted.").first()).toBeVisible();
  const dialog = await board.openDialog("storefront", "production");
  await expect(dialog.root).toContainText("Deploys here are frozen.");
  await expect(dialog.root).toContainText("“Quarter end”");
  await dialog.gitRef.fill("main");
  await dialog.nameEnvironment();
  await dialog.submit.click();
  const why = dialog.root.getByRole("textbox", { name: "Override reason" });
  await expect(why).toBeFocused();
  await expect(dialog.root).toContainText("Say why the freeze is to be overridden.");
  await why.fill("The shop is down");
  await expect(dialog.submit).toHaveText("Override and deploy");
  await dialog.submit.click();
  await expect(dialog.submit).toBeHidden();
  const run = await beginRun();
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
  await expect(dialog.root).toContainText("Deployed despite a freeze: The shop is down");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("freezes are declared and lifted, and flags promoted", async ({ page }) => {
    await stopNow(page, "staging", "Moving house");
    const form = page.getByRole("form", { name: "Every week" });
    await form.getByRole("textbox", { name: "Reason" }).fill("Weekend");
    await form.getByLabel("Begins at").fill("16:00");
    await form.getByLabel("Ends at").fill("09:00");
    await form.getByRole("combobox", { name: "Time zone" }).fill("Europe/Berlin");
    await form.getByRole("button", { name: "Declare" }).click();
    const declared = page.getByRole("region", { name: "Declared" });
    await expect(declared).toContainText("Every week, Friday 16:00 to Monday 09:00");

    const lift = page.getByRole("button", { name: "Lift the freeze of Every app, staging: Moving house" });
    await lift.click();
    await expect(page.getByRole("region", { name: "Over" })).toContainText("Moving house");
    await expect(declared).not.toContainText("Moving house");

    await page.goto("/flags");
    await page.getByRole("button", { name: "Turn off in staging" }).first().click();
    await expect(page.getByRole("button", { name: "Turn on in staging" })).toHaveCount(1);
  });

  test("what went wrong with a form is said on its page", async ({ page }) => {
    await page.goto("/freezes");
    const form = page.getByRole("form", { name: "For a period" });
    await form.getByRole("textbox", { name: "Reason" }).fill("Never");
    await form.getByLabel("From").fill("2026-11-24T10:00");
    await form.getByLabel("Until").fill("2026-11-24T09:00");
    await form.getByRole("button", { name: "Declare" }).click();
    await expect(page.getByRole("alert")).toContainText("A field has a value that is not allowed.");
    await expect(form.getByText("It has to come after the beginning.")).toBeVisible();
    await expect(form.getByLabel("Until")).toBeFocused();
    await expect(form.getByRole("textbox", { name: "Reason" })).toHaveValue("Never");
  });
});
