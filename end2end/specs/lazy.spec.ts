/** The code that comes after a page is live: where it cannot be had, pages do the same in a plainer way. */
import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";

const PIECES = /\/pkg\/(split|chunk)_.*\.wasm$/;

test.use({ expectedErrors: /status of 404|WebAssembly/ });

test("f66: where the code of the dialog is gone, its page is shown", async ({ board, page }) => {
  await page.route(PIECES, (route) => route.fulfill({ status: 404 }));
  await board.open();
  await page.getByRole("button", { name: "Deploy storefront to staging" }).click();
  await expect(page).toHaveURL(/\/deploy\/storefront\/staging$/);
  await expect(page.getByRole("heading", { name: "Deploy storefront to staging" })).toBeVisible();
});

test("a press before the code has come opens the dialog when it is there", async ({ board, page }) => {
  let arrive = (): void => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(PIECES, async (route) => {
    await held;
    await route.continue();
  });
  await board.open();
  await page.getByRole("button", { name: "Deploy storefront to staging" }).click();
  arrive();
  await expect(page.getByRole("dialog", { name: "Deploy storefront to staging" })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/");
});

test("a deploy is followed on its page without the code of its progress", async ({
  board,
  page,
  beginRun,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  const run = await beginRun();
  const id = (await server.onlyRun()).inputs["console_deploy_id"]!;
  await page.route(PIECES, (route) => route.fulfill({ status: 404 }));
  await page.goto(`/deploys/${id}`);
  const deploy = new DeployPage(page);
  await run.through("smoke", "Report that the smoke gate passed");
  await deploy.expectSteps("smoke_gate_passed", ["done", "pending", "pending", "pending"]);
  await run.finish();
  await deploy.expectSteps("succeeded", ["done", "done", "done", "done"]);
});
