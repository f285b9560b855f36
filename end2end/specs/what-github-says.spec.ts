/**
 * What the workflow does not report, GitHub's record does: the operator sees it in plain words,
 * and sees its source. Nothing moves without proof.
 */
import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ jobs: "simulated", pace: "1s" });

test("every callback is lost, and the deploy still ends as it ended", async ({ board }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main", "Every callback is lost");

  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
  for (const key of ["smoke_gate", "freeze_check", "deploy", "health_check"] as const) {
    await expect(dialog.step(key)).toContainText("read from GitHub");
  }
});

test("GitHub is down: the dialog says so, moves nothing, and recovers", async ({ board }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main", "GitHub is down for a while");

  const trouble = dialog.root.getByText(/Trouble with GitHub since/);
  await expect(trouble).toBeVisible();
  await expect(dialog.root).toContainText("it answered 503");
  await expect(dialog.root).toContainText("The deploy keeps its status.");
  await dialog.expectSteps("dispatched", ["pending", "pending", "pending", "pending"]);

  await expect(trouble).toBeHidden();
  await expect(dialog.root.getByRole("link", { name: /^Run \d+ on GitHub/ })).toBeVisible();
  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
});

test.describe("at half the pace", () => {
  // Long enough to look at every step while it waits, on a machine that is busy.
  test.use({ pace: "2s" });

  test("the run waits for an approval", async ({ board }) => {
    await board.open();
    const dialog = await board.openDialog("storefront", "production");
    await dialog.deploy("main", "It waits for an approval");
    await dialog.expectStatus("freeze_check_passed");

    const waits = dialog.root.getByText(/waits on GitHub for an approval/);
    await expect(waits).toBeVisible();
    await dialog.expectSteps("freeze_check_passed", ["done", "done", "pending", "pending"]);

    await expect(waits).toBeHidden();
    await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
    await expect(dialog.root.getByText(/approval/)).toBeHidden();
  });
});

test("a newer run takes the place of this one", async ({ board }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main", "A newer run takes its place");

  await expect(dialog.root.getByText(/holds the run back/)).toBeVisible();
  await dialog.expectWords("Superseded — a newer run took its place");
  await dialog.expectSteps("failed", ["not_reached", "not_reached", "not_reached", "not_reached"]);
  const newer = dialog.root.getByRole("link", { name: /^Run \d+$/ });
  await expect(newer).toHaveAttribute("href", /\/actions\/runs\/\d+$/);
});

test("an operator cancels a deploy that stalls", async ({ board, page }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main", "It stalls");
  await dialog.expectStatus("smoke_gate_started");

  await dialog.root.getByRole("button", { name: "Cancel deploy…" }).press("Enter");
  await expect(dialog.root.getByRole("button", { name: "Keep it running" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");

  await dialog.expectWords("Cancelled by local operator in the smoke gate");
  await dialog.expectSteps("failed", ["failed", "not_required", "not_reached", "not_reached"]);
  await expect(dialog.root.getByRole("button", { name: /cancel/i })).toBeHidden();
  await dialog.close.click();
  await expect(board.row("storefront", "staging")).toContainText("Cancelled by local operator in the smoke gate");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({
      colorScheme,
      contextOptions: { reducedMotion: "reduce" },
      viewport: { width: 390, height: 844 },
      pace: "2s",
    });

    test("what GitHub says, and the wish to cancel, can be read by everybody", async ({ board, page }) => {
      await installAxe(page);
      await board.open();
      const dialog = await board.openDialog("customer-docs", "production");
      await dialog.deploy("main", "GitHub is down for a while");
      const trouble = dialog.root.getByText(/Trouble with GitHub since/);
      await expect(trouble).toBeVisible();
      await expectAccessible(page, "an outage of GitHub");
      // As long as it lasts, nothing is known of the next run either.
      await expect(trouble).toBeHidden();

      await board.open();
      const waiting = await board.openDialog("storefront", "staging");
      await waiting.deploy("main", "A newer run takes its place");
      await expect(waiting.root.getByText(/holds the run back/)).toBeVisible();
      await waiting.root.getByRole("button", { name: "Cancel deploy…" }).click();
      await expectAccessible(page, "the question before a cancellation");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);

      await waiting.root.getByRole("button", { name: "Keep it running" }).click();
      await waiting.expectWords("Superseded — a newer run took its place");
      await expectAccessible(page, "a deploy that was superseded");
    });
  });
}
