/** One browser with many windows, and a network that goes and comes back. */
import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";
import { Board, expectHydrated } from "../pages/board.ts";

/** How many streams of events the server has open. */
async function streams(page: Page): Promise<number> {
  const metrics = await (await page.request.get("/metrics")).text();
  return Number(/^deploy_console_event_streams (\d+)$/m.exec(metrics)?.[1]);
}

test("f103: eight windows are all live, over one stream, whichever of them goes", async ({
  context,
  page,
  board,
  beginRun,
}) => {
  await board.open();
  const windows = [page];
  while (windows.length < 8) {
    const window = await context.newPage();
    await window.goto("/");
    await expectHydrated(window);
    windows.push(window);
  }
  await expect.poll(() => streams(page)).toBe(1);
  // The first has the stream; when it goes, another takes it over.
  const rest = windows.slice(1);
  const last = rest.at(-1)!;
  await page.goto("about:blank");
  await expect.poll(() => streams(last)).toBe(1);

  const boards = rest.map((window) => new Board(window));
  // Nothing that is shown from here on is shown because a timer asked.
  for (const window of rest) await window.clock.install();
  const dialog = await boards.at(-1)!.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const run = await beginRun();
  for (const shown of boards.slice(0, -1)) {
    await expect(shown.row("storefront", "staging")).toContainText("One deploy at a time");
  }
  await run.finish();
  for (const shown of boards.slice(0, -1)) {
    await expect(shown.row("storefront", "staging")).toContainText(/Live\s*main/);
  }
  expect(await streams(last)).toBe(1);
});

test.describe("a network that goes", () => {
  test.use({ expectedErrors: /ERR_INTERNET_DISCONNECTED/ });

  test("is said at once, and what was missed shows when it is back", async ({ board, context, page, server }) => {
    await page.clock.install();
    await board.open();
    await context.setOffline(true);
    await expect(page.getByText("The console does not answer.")).toBeVisible();
    await server.dispatch("storefront", "staging");
    await context.setOffline(false);
    await expect(page.getByText("The console does not answer.")).toBeHidden();
    await expect(board.row("storefront", "staging")).toContainText("One deploy at a time");
  });
});
