/** However often Deploy is pressed, and wherever: one deploy. */
import { expect, test } from "../fixtures/test.ts";
import { Board, expectHydrated } from "../pages/board.ts";

test("f61: a double click deploys once", async ({ board, server }) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.nameEnvironment();
  await dialog.submit.dblclick();
  await dialog.expectSteps("dispatched", ["pending", "pending", "pending", "pending"]);
  await server.onlyRun();
});

test("f61: a second tab shows the deploy that is under way, and offers no other", async ({
  board,
  page,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  await server.onlyRun();

  const tab = await page.context().newPage();
  await tab.goto("/");
  await expectHydrated(tab);
  const button = new Board(tab).deployButton("storefront", "production");
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription("One deploy at a time");
  await expect(new Board(tab).deployButton("storefront", "staging")).toBeEnabled();
});

test("f61: a deploy asked for in another tab meanwhile is refused, and shown", async ({
  board,
  page,
  server,
}) => {
  const tab = await page.context().newPage();
  const other = new Board(tab);
  await other.open();
  const late = await other.openDialog("storefront", "production");

  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  await server.onlyRun();

  await late.nameEnvironment();
  await late.submit.click();
  await expect(late.root.getByRole("alert")).toContainText("Nothing was deployed.");
  await late.root.getByRole("button", { name: "Watch that deploy" }).click();
  await late.expectSteps("dispatched", ["pending", "pending", "pending", "pending"]);
  await server.onlyRun();
});
