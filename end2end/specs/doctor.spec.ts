/** Before the first press: what is in the way of a deploy. A rehearsal has one app whose workflow does not fit. */
import { expect, test } from "../fixtures/test.ts";

test("the doctor names the app that is not ready, and what to do", async ({ page }) => {
  await page.goto("/doctor");
  const main = page.getByRole("main");
  await expect(main.getByText("4 of 5 apps are ready")).toBeVisible();
  const app = page.getByRole("region", { name: "legacy-billing" });
  await expect(app.getByText("qa cannot be chosen")).toBeVisible();
  await expect(app.getByText("There is no job deploy")).toBeVisible();
  await expect(app.getByText("Name the job in console.toml")).toBeVisible();

  await app.getByRole("link", { name: "This app alone: legacy-billing" }).click();
  await expect(main.getByText("The app is not ready")).toBeVisible();
  await expect(page.getByRole("region", { name: "storefront" })).toBeHidden();
  // What is in order is shown here, too.
  await expect(app.getByText("The console sees example/legacy-billing.")).toBeVisible();
});
