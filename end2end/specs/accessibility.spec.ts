/** axe finds nothing: every page, the dialog in every state, light and dark. */
import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";
import { HistoryPage } from "../pages/history-page.ts";

// One test stops the server, and one asks for pages that are not there.
test.use({ expectedErrors: /net::ERR_|404 \(Not Found\)/ });

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    // Without motion, so that no colour is measured half-way.
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });
    test.beforeEach(({ page }) => installAxe(page));

    test("every page, empty and after a deploy", async ({ board, page, beginRun, server }) => {
      const history = new HistoryPage(page);
      await board.open();
      await expectAccessible(page, "the empty board");
      await history.open();
      await expectAccessible(page, "the empty history");

      await board.open();
      const dialog = await board.openDialog("storefront", "production");
      await dialog.deploy("main");
      const run = await beginRun();
      await run.through("smoke", "Report that the smoke gate started");
      await dialog.close.click();
      await expectAccessible(page, "the board with a deploy under way");
      const id = (await server.onlyRun()).inputs["console_deploy_id"]!;
      const deployPage = new DeployPage(page);
      await deployPage.open(id);
      await deployPage.expectSteps("smoke_gate_started", [
        "active",
        "pending",
        "pending",
        "pending",
      ]);
      await expectAccessible(page, "a deploy under way");

      await run.finish();
      await deployPage.expectSteps("succeeded", ["done", "done", "done", "done"]);
      await expectAccessible(page, "a deploy that has succeeded");
      await history.open();
      await expectAccessible(page, "the history");
      await board.open();
      await expectAccessible(page, "the board with what is live");
      await page.goto("/versions/storefront/production");
      await expectAccessible(page, "versions, one of them live");
      await page.goto("/versions/storefront/staging");
      await expectAccessible(page, "versions, none of them live");
      await page.goto(`/deploys/${id}/to/staging`);
      await expectAccessible(page, "a promotion");
      await page.goto("/deploy/storefront/production?ref=v2");
      await expectAccessible(page, "the page from which one deploys");
      await page.goto("/approvals");
      await expectAccessible(page, "what waits for an approval");
      await page.goto("/insight");
      await expectAccessible(page, "insight");
      await page.keyboard.press("?");
      await expectAccessible(page, "the list of keys");
      await page.goto("/insight?since=2020-01-01&until=2020-01-31");
      await expectAccessible(page, "insight into nothing");
      await page.goto("/sign-in");
      await expectAccessible(page, "the sign-in page");
      await page.goto("/me");
      await expectAccessible(page, "who one is");
      await page.goto("/tokens");
      await expectAccessible(page, "the tokens");
      await page.goto("/sessions");
      await expectAccessible(page, "the sessions");
      await page.goto("/flags");
      await expectAccessible(page, "the flags");
      await page.goto("/audit");
      await expectAccessible(page, "the audit log");
      await page.goto("/audit?actor=of-another-company");
      await expectAccessible(page, "an audit log without entries");
      await page.goto("/doctor");
      await expectAccessible(page, "the doctor");
      await page.goto("/freezes");
      await expectAccessible(page, "no freezes");
      const form = page.getByRole("form", { name: "Stop now" });
      await form.getByRole("textbox", { name: "Reason" }).fill("Moving house");
      await form.getByRole("button", { name: "Stop deploys" }).click();
      await expectAccessible(page, "a freeze");
      await board.open();
      await expectAccessible(page, "the board, frozen");
      await board.openDetails("storefront", "production");
      await expectAccessible(page, "everything that is in the way");
      await page.goto("/deploy/storefront/production");
      await expectAccessible(page, "the page from which one deploys, frozen");
      await page.goto("/no-such-page");
      await expectAccessible(page, "a page that is not there");
      await page.goto("/deploys/00000000-0000-4000-8000-000000000000");
      await expectAccessible(page, "a deploy that is not there");
    });

    test("the dialog, from the form to the end", async ({ board, page, beginRun, server }) => {
      await board.open();
      const dialog = await board.openDialog("storefront", "production");
      await expectAccessible(page, "the form");
      await dialog.gitRef.fill("..not a ref");
      await dialog.nameEnvironment();
      await dialog.submit.click();
      await expectAccessible(page, "the form with a field that is wrong");

      await dialog.deploy("main");
      const run = await beginRun();
      await dialog.expectSteps("dispatched", ["pending", "pending", "pending", "pending"]);
      await expectAccessible(page, "dispatched");
      await run.through("smoke", "Report that the smoke gate started");
      await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);
      await expectAccessible(page, "a step in progress");

      await server.stop();
      await expect(dialog.reconnecting).toBeVisible();
      await expectAccessible(page, "reconnecting");
      await server.start();
      await expect(dialog.reconnecting).toBeHidden();

      await run.finish();
      await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
      await expectAccessible(page, "succeeded");
    });

    test("the dialog of a deploy that failed", async ({ board, page, beginRun }) => {
      await board.open();
      const dialog = await board.openDialog("storefront", "staging");
      await dialog.deploy("main");
      const run = await beginRun({ HEALTH_CHECK_COMMAND: "exit 1" });
      await run.finish();
      await dialog.expectSteps("failed", ["done", "not_required", "done", "failed"]);
      await expectAccessible(page, "failed");
    });

    test.describe("without phase callbacks", () => {
      test.use({ serverEnv: { FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS: "false" } });

      test("the dialog with steps that were not reported", async ({ board, page, beginRun }) => {
        await board.open();
        const dialog = await board.openDialog("storefront", "production");
        await dialog.deploy("main");
        const run = await beginRun();
        await run.through("deploy", "Report that the build started");
        await dialog.expectSteps("building", ["not_reported", "not_reported", "active", "pending"]);
        await expectAccessible(page, "not reported");
      });
    });
  });
}
