/**
 * What the server pushes shows at once. Here the page's timers stand still: what it shows, it shows because it was told.
 * With the stream cut, polling shows the same.
 */
import { expect, test } from "../fixtures/test.ts";

const EVENTS = "**/api/internal/events";

test.use({ expectedErrors: /events|net::ERR_/ });

test("each step shows when it is reported, without a timer", async ({ board, page, beginRun }) => {
  await page.clock.install();
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  await dialog.expectStatus("dispatched");
  await page.clock.pauseAt(Date.now() + 3_600_000);
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);
  await run.through("smoke", "Report that the smoke gate passed");
  await dialog.expectSteps("smoke_gate_passed", ["done", "pending", "pending", "pending"]);
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "done", "done", "done"]);
  await dialog.close.click();
  await expect(board.row("storefront", "production")).toContainText(/Live\s*main/);
});

test("what others do shows on the board without a timer", async ({
  baseURL,
  board,
  browser,
  page,
  beginRun,
}) => {
  await page.clock.install();
  await board.open();
  await expect(board.row("storefront", "staging")).toContainText("No successful deploy");
  await page.clock.pauseAt(Date.now() + 3_600_000);
  // In a context of its own: there, time goes by.
  const elsewhere = await browser.newContext({ baseURL: baseURL! });
  const other = await elsewhere.newPage();
  await other.goto("/");
  await expect(other.locator("html[data-hydrated]")).toBeAttached();
  await other.getByRole("button", { name: "Deploy storefront to staging" }).click();
  const dialog = other.getByRole("dialog");
  await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
  const run = await beginRun();
  await elsewhere.close();
  await expect(board.row("storefront", "staging")).toContainText("One deploy at a time");
  await run.finish();
  await expect(board.row("storefront", "staging")).toContainText(/Live\s*main/);
});

test("with the stream cut, polling shows the same", async ({ board, page, beginRun }) => {
  await page.route(EVENTS, (route) => route.abort());
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectSteps("smoke_gate_started", ["active", "not_required", "pending", "pending"]);
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "not_required", "done", "done"]);
});

test("a server that comes back is heard again, and nothing that happened meanwhile is missed", async ({
  board,
  page,
  beginRun,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectStatus("smoke_gate_started");
  const streams = page.waitForRequest(EVENTS);
  await server.stop();
  await expect(dialog.reconnecting).toBeVisible();
  await server.start();
  await streams;
  await expect(dialog.reconnecting).toBeHidden();
  await run.finish();
  await dialog.expectSteps("succeeded", ["done", "not_required", "done", "done"]);
});
