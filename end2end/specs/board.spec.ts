/** The board as a room to live in: found by typing, honest about what is in the way, and never stale without saying so. */
import { expect, test } from "../fixtures/test.ts";

test("apps are found by typing, and the keyboard leads there", async ({ board, page }) => {
  await board.open();
  const apps = board.apps();
  await expect(apps).toHaveCount(5);
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Find apps" });
  await expect(field).toBeFocused();
  await page.keyboard.type("BILLING stag");
  await expect(apps).toHaveCount(1);
  await expect(page.getByText("1 of 5")).toBeVisible();
  await field.fill("nothing of the kind");
  await expect(apps).toHaveCount(0);
  await expect(page.getByText("0 of 5")).toBeVisible();
  await expect(page.getByText("No app matches.")).toBeVisible();
  await field.fill("");
  await expect(apps).toHaveCount(5);
  await expect(page.getByText("No app matches.")).toBeHidden();
});

test("keys are listed, lead to pages, and can be switched off", async ({ board, page }) => {
  await board.open();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("checkbox", { name: "Listen to single keys" }).uncheck();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).not.toBeFocused();
  await page.keyboard.press("?");
  await dialog.getByRole("checkbox").check();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await expect(page.getByRole("heading", { name: "History", level: 1 })).toBeVisible();
});

test("what is under way shows in the tab, and what is in the way in full", async ({
  board,
  page,
  beginRun,
}) => {
  await board.open();
  const icon = page.locator("link[rel='icon']");
  const quiet = await icon.getAttribute("href");
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  await dialog.close.click();
  await expect(page).toHaveTitle("1 under way · Board · Deploy Console");
  await expect(icon).not.toHaveAttribute("href", quiet!);

  const cell = board.row("storefront", "staging");
  await board.openDetails("storefront", "staging");
  const why = cell.getByText("It ends by itself, or when it is cancelled.");
  await expect(why).toBeVisible();
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  // What is open stays open, and what is said in it is what is so now.
  await expect(why).toContainText("Smoke gate in progress");
  await run.finish();
  await expect(page).toHaveTitle("Board · Deploy Console");
  await expect(icon).toHaveAttribute("href", quiet!);
  await expect(cell.getByText("One deploy at a time")).toHaveCount(0);
});

test("f66: a newer build behind an open tab is offered, and what was typed stays", async ({
  board,
  page,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.reason.fill("half a sentence");
  await page.route("/", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/data-build="[^"]*"/, 'data-build="another"');
    await route.fulfill({ response: answer, body });
  });
  await dialog.close.click();
  await expect(page.getByText("The console was updated.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Load it again" })).toBeVisible();
});

test("the desktop is told when a deploy ends, if it may be", async ({ board, context, page, beginRun }) => {
  await context.grantPermissions(["notifications"]);
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    class Told {
      static permission = "granted";
      constructor(title: string) {
        told.push(title);
      }
    }
    Object.assign(window, { Notification: Told });
    Document.prototype.hasFocus = () => false;
  });
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.finish();
  await dialog.expectStatus("succeeded");
  expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual([
    "storefront to staging: Deployed",
  ]);
});

test("without script one can deploy, and see first what would change", async ({ browser, server, beginRun }) => {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: "Deploy storefront to production" }).click();
  await expect(page.getByRole("heading", { name: "Deploy storefront to production" })).toBeVisible();
  await page.getByLabel("Git ref").fill("v1.4");
  await page.getByRole("button", { name: "Show what changes" }).click();
  await expect(page.getByLabel("Git ref")).toHaveValue("v1.4");
  await expect(page.getByRole("region", { name: "What v1.4 changes" })).toContainText("Nothing is live there");

  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(page.getByLabel("Name of the environment"), "it has to be named").toBeFocused();
  await page.getByLabel("Name of the environment").fill("production");
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.waitForURL("**/deploys/*");
  const run = await beginRun();
  await run.finish();
  await page.reload();
  await expect(page.getByRole("main").locator("[data-status]").first()).toHaveAttribute("data-status", "succeeded");
  await context.close();
});

test("favourites are kept, and are a filter of the address", async ({ board, page }) => {
  await board.open();
  const chip = page.getByRole("link", { name: "Favourites" });
  await expect(chip).toBeHidden();
  const star = page.getByRole("button", { name: "Favourite: storefront" });
  await star.click();
  await expect(star).toHaveAttribute("aria-pressed", "true");
  await chip.click();
  await expect(page).toHaveURL(/\?show=favourites$/);
  await expect(board.apps()).toHaveCount(1);
  await page.reload();
  await expect(board.apps()).toHaveCount(1);
  await expect(page.getByText("1 of 5")).toBeVisible();
  // An event reads the board again, and changes none of it.
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  await dialog.close.click();
  await expect(page).toHaveTitle(/under way/);
  await expect(star).toHaveAttribute("aria-pressed", "true");
  await expect(board.apps()).toHaveCount(1);
  await star.click();
  await expect(chip).toBeHidden();
  await expect(page.getByText("No app matches.")).toBeVisible();
});
