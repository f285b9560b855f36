/**
 * The proxy in front of the console does not let the operator through any more. It answers in the console's place:
 * requests with 401, pages with a redirect to where one signs in.
 */
import type { Page } from "@playwright/test";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ expectedErrors: /401|net::ERR_|EventSource|MIME/ });

const BEHIND = /\/api\//;

async function signOut(page: Page): Promise<void> {
  await page.route(BEHIND, (route) =>
    route.fulfill({ status: 401, contentType: "text/html", body: "<h1>Sign in</h1>" }),
  );
  await page.route("/", (route) =>
    route.fulfill({ status: 302, headers: { location: "https://sign-in.example.com/" } }),
  );
}

async function signIn(page: Page): Promise<void> {
  await page.unroute(BEHIND);
  await page.unroute("/");
}

test("f65: signed out at the press, what was typed survives and it deploys once", async ({
  board,
  page,
  server,
}) => {
  await installAxe(page);
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.gitRef.fill("v1.4");
  await dialog.reason.fill("the fix of the week");
  await dialog.nameEnvironment();
  await signOut(page);
  await dialog.submit.click();
  await expect(dialog.root.getByRole("alert")).toContainText("You are signed out.");
  await expect(dialog.root.getByRole("link", { name: "Sign in" })).toHaveAttribute("target", "_blank");
  await expect(dialog.reason).toHaveValue("the fix of the week");
  await expectAccessible(page, "signed out");

  await signIn(page);
  await dialog.retry.click();
  await dialog.expectStatus("dispatched");
  expect((await server.onlyRun()).inputs["git_ref"]).toBe("v1.4");
});

test("f65: signed out while a deploy is watched, it says so, keeps what it knew, and goes on", async ({
  board,
  page,
  beginRun,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate started");
  await dialog.expectStatus("smoke_gate_started");
  await signOut(page);
  await run.through("smoke", "Report that the smoke gate passed");
  await expect(dialog.root.getByText("Signed out — last heard")).toBeVisible();
  await dialog.expectStatus("smoke_gate_started");
  await dialog.close.click();
  await expect(page.getByText("You are signed out. This page is as it was at")).toBeVisible();

  await signIn(page);
  await run.finish();
  await expect(page.getByText("You are signed out.")).toBeHidden({ timeout: 30_000 });
  await expect(board.row("storefront", "staging")).toContainText(/Live\s*main/);
});
