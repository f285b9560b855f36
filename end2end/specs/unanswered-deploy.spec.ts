/** Deploy is pressed and no answer comes: the same request goes again, and there is one deploy. */
import type { Page } from "@playwright/test";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import type { ConsoleServer } from "../fixtures/server.ts";
import { expect, test } from "../fixtures/test.ts";
import type { StepStates } from "../pages/stepper.ts";

test.use({ expectedErrors: /net::ERR_/ });

const DISPATCH = "**/api/ui/dispatch";
const ACCEPTED: [string, StepStates] = ["dispatched", ["pending", "pending", "pending", "pending"]];

/** Lets requests through to the server, and their answers get lost. */
async function loseAnswers(page: Page, times?: number): Promise<void> {
  await page.route(
    DISPATCH,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    times === undefined ? {} : { times },
  );
}

/** The keys of the presses that reach the network. */
function sentKeys(page: Page): string[] {
  const keys: string[] = [];
  page.on("request", (request) => {
    if (!request.url().endsWith("/api/ui/dispatch")) return;
    keys.push((request.postDataJSON() as { key: string }).key);
  });
  return keys;
}

/** One row of the console, and one run of GitHub. */
async function expectOneDeploy(server: ConsoleServer): Promise<void> {
  await server.onlyRun();
  const response = await fetch(`${server.url}/api/internal/deploys`);
  const { deploys } = (await response.json()) as { deploys: unknown[] };
  expect(deploys).toHaveLength(1);
}

test("f60: pressed while the server is down, it deploys once when the server is back", async ({
  board,
  page,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.gitRef.fill("release/2026-11");
  await server.stop();
  const keys = sentKeys(page);
  await dialog.nameEnvironment();
  await dialog.submit.click();

  await expect(dialog.unanswered).toContainText("Trying again");
  await expect(dialog.gitRef).not.toBeEditable();
  await expect(dialog.retryNow).toBeEnabled();
  // The press, then one every 2 s: it has been down for more than 3 s.
  await expect.poll(() => keys.length).toBeGreaterThanOrEqual(3);

  await server.start();
  await dialog.expectSteps(...ACCEPTED);
  await expectOneDeploy(server);
  expect(new Set(keys).size).toBe(1);
  expect((await server.onlyRun()).inputs["git_ref"]).toBe("release/2026-11");

  // The dialog is a place: a reload leads to the deploy again, and sends nothing.
  await page.reload();
  await dialog.expectSteps(...ACCEPTED);
  await dialog.close.click();
  await expect(board.deployButton("storefront", "production")).toBeDisabled();
  await expectOneDeploy(server);
});

test("f60: with its answer lost, it goes again by itself and finds its deploy", async ({
  board,
  page,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await loseAnswers(page, 2);
  const keys = sentKeys(page);
  await dialog.nameEnvironment();
  await dialog.submit.click();
  await expect(dialog.unanswered).toContainText("Trying again");
  await expectOneDeploy(server);

  await dialog.expectSteps(...ACCEPTED);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  await expectOneDeploy(server);
});

test("f60: reloaded after its answer was lost, it waits for Retry and finds its deploy", async ({
  board,
  page,
  server,
}) => {
  await board.open();
  let dialog = await board.openDialog("storefront", "production");
  await dialog.gitRef.fill("v2");
  await dialog.reason.fill("the fix");
  await loseAnswers(page);
  const keys = sentKeys(page);
  await dialog.nameEnvironment();
  await dialog.submit.click();
  await expect(dialog.unanswered).toBeVisible();

  await page.reload();
  await page.unroute(DISPATCH);
  dialog = board.dialog("storefront", "production");
  await expect(dialog.unanswered).toContainText("not known yet");
  await expect(dialog.gitRef).toHaveValue("v2");
  await expect(dialog.reason).toHaveValue("the fix");
  await expect(dialog.gitRef).not.toBeEditable();
  await expectOneDeploy(server);
  const before = keys.length;

  await dialog.retry.click();
  await dialog.expectSteps(...ACCEPTED);
  await expectOneDeploy(server);
  expect(keys).toHaveLength(before + 1);
  expect(new Set(keys).size).toBe(1);
});

test("f60: a reload sends nothing by itself, and a forgotten press stays away", async ({
  board,
  page,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await page.route(DISPATCH, (route) => route.abort());
  await dialog.nameEnvironment();
  await dialog.submit.click();
  await expect(dialog.unanswered).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog.root).toBeHidden();

  const keys = sentKeys(page);
  await board.open();
  await expect(dialog.unanswered).toContainText("not known yet");
  await dialog.forget.click();
  await expect(dialog.root).toBeHidden();
  await expect(board.deployButton("storefront", "staging")).toBeFocused();

  await board.open();
  await board.openDialog("storefront", "staging");
  await expect(dialog.gitRef).toBeEditable();
  expect(keys).toEqual([]);
});

test("f67: closed while it goes again, it sends nothing more, and opens on the same press", async ({
  board,
  page,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await server.stop();
  const keys = sentKeys(page);
  await dialog.nameEnvironment();
  await dialog.submit.click();
  await expect.poll(() => keys.length).toBeGreaterThanOrEqual(2);
  await page.keyboard.press("Escape");
  await expect(dialog.root).toBeHidden();
  const before = keys.length;

  // The board is asked again when the dialog closes, and then every 10 s: no press in that time.
  await expect(page.getByText("The console does not answer.")).toBeVisible();
  await server.start();
  await expect(page.getByText("The console does not answer.")).toBeHidden();
  expect(keys).toHaveLength(before);

  await board.openDialog("storefront", "production");
  await expect(dialog.unanswered).toContainText("not known yet");
  await dialog.retry.click();
  await dialog.expectSteps(...ACCEPTED);
  await expectOneDeploy(server);
  expect(new Set(keys).size).toBe(1);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({
      colorScheme,
      contextOptions: { reducedMotion: "reduce" },
      viewport: { width: 390, height: 844 },
    });

    test("without an answer, the dialog can be read by everybody", async ({ board, page }) => {
      await installAxe(page);
      await page.route(DISPATCH, (route) => route.abort());
      await board.open();
      const dialog = await board.openDialog("storefront", "production");
      await dialog.nameEnvironment();
      await dialog.submit.click();
      await expect(dialog.unanswered).toContainText("Trying again");
      await expectAccessible(page, "the form without an answer");
      await board.open();
      await expect(dialog.unanswered).toContainText("not known yet");
      await expectAccessible(page, "the form after a reload");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    });
  });
}
