/** The dialog is a place: Back closes it, a page that is loaded again shows it again, and it can be sent to others. */
import { expect, test } from "../fixtures/test.ts";
import { expectHydrated } from "../pages/board.ts";

test("back closes the dialog, forward and a reload show it again", async ({ board, page, server }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await expect(page).toHaveURL("/?to=storefront%2Fstaging");
  await dialog.deploy("main");
  const [deploy] = (await server.deploys()).deploys;
  await expect(page).toHaveURL(`/?deploy=${deploy!.id}`);
  await page.goBack();
  await expect(dialog.root).toBeHidden();
  await expect(page).toHaveURL("/");
  await page.goForward();
  await expect(dialog.root).toBeVisible();
  await dialog.expectStatus("dispatched");
  await page.reload();
  await expectHydrated(page);
  await dialog.expectStatus("dispatched");
  await page.keyboard.press("Escape");
  await expect(dialog.root).toBeHidden();
  await expect(page).toHaveURL("/");
});

test("the form has an address, and a search stays in it", async ({ board, page }) => {
  await page.goto("/?q=store&to=storefront/staging");
  const dialog = board.dialog("storefront", "staging");
  await expect(dialog.gitRef).toBeVisible();
  await dialog.close.click();
  await expect(page).toHaveURL("/?q=store");
  await expect(board.apps()).toHaveCount(1);
});

test("what an address names wrongly opens nothing", async ({ board, page }) => {
  for (const address of ["/?deploy=nonsense", "/?to=storefront", "/?to=nothing/here"]) {
    await page.goto(address);
    await expectHydrated(page);
    await expect(board.apps()).toHaveCount(5);
    await expect(page.getByRole("dialog")).toBeHidden();
  }
});

test("without scripts the address leads to the page of the deploy", async ({ browser, server }) => {
  const { id } = await server.dispatch("storefront", "staging");
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/?deploy=${id}`);
  await page.getByRole("link", { name: "The deploy that this address names" }).click();
  await expect(page.getByRole("heading", { name: "storefront to staging" })).toBeVisible();
  await context.close();
});
