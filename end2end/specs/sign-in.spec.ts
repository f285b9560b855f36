/** From the button to signed out: in a rehearsal by role, at a certified OpenID provider, and with GitHub. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { OidcProvider } from "../fixtures/oidc.ts";
import { ConsoleServer } from "../fixtures/server.ts";
import { expect, test } from "../fixtures/test.ts";

test.describe("a role of the rehearsal", () => {
  test.use({ serverEnv: { CONSOLE_SIGN_IN: "rehearsal" }, expectedErrors: /401/ });

  test("signs in from the page that was asked for, and out again", async ({ page }) => {
    await installAxe(page);
    await page.goto("/deploys?app=storefront");
    await expect(page).toHaveURL(/\/sign-in\?return_to=/);
    await expectAccessible(page, "the sign-in page");
    await page.getByRole("link", { name: "Sign in as deployer" }).click();
    await expect(page).toHaveURL(/\/deploys\?app=storefront$/);

    await page.goto("/me");
    await expect(page.getByRole("main")).toContainText("deployer");
    await expectAccessible(page, "who one is");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.goto("/");
    await expect(page).toHaveURL(/\/sign-in$/);
  });

  test("may what it may: a viewer sees no way to deploy, a deployer deploys", async ({ board, page, server }) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Sign in as viewer" }).click();
    await expect(board.deployButton("storefront", "staging")).toBeDisabled();

    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Sign in as deployer" }).click();
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    const dialog = await board.openDialog("storefront", "staging");
    await dialog.deploy("main");
    await server.onlyRun();
    await expect(dialog.root).toContainText("requested by you");
  });

  test("f65: a session that ends under a form costs nothing that was typed", async ({
    board,
    context,
    page,
    server,
  }) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Sign in as deployer" }).click();
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    const dialog = await board.openDialog("storefront", "staging");
    await dialog.gitRef.fill("v1.4");
    await dialog.reason.fill("the fix of the week");
    await context.clearCookies();
    await dialog.submit.click();
    await expect(dialog.root.getByRole("alert")).toContainText("You are signed out.");

    const [tab] = await Promise.all([
      context.waitForEvent("page"),
      dialog.root.getByRole("link", { name: "Sign in" }).click(),
    ]);
    await tab.getByRole("link", { name: "Sign in as deployer" }).click();
    await expect(tab.getByRole("heading", { name: "Board" })).toBeVisible();
    await tab.close();
    await expect(dialog.reason).toHaveValue("the fix of the week");
    await dialog.retry.click();
    await dialog.expectStatus("dispatched");
    expect((await server.onlyRun()).inputs["git_ref"]).toBe("v1.4");
  });

  test.describe("without scripts", () => {
    test.use({ javaScriptEnabled: false });

    test("signs in and out all the same", async ({ page }) => {
      await page.goto("/");
      await page.getByRole("link", { name: "Sign in as admin" }).click();
      await expect(page.getByRole("heading", { name: "Board" })).toBeVisible();
      await page.goto("/tokens");
      await expect(page.getByRole("heading", { name: "Tokens" })).toBeVisible();
      await page.goto("/me");
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page).toHaveURL(/\/sign-in/);
    });
  });
});

test("an OpenID provider says who somebody is", async ({ browser }) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const provider = await OidcProvider.start(`${url}/auth/callback`);
  const console = await start(url, { CONSOLE_SIGN_IN: "oidc", ...provider.env });
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();

  await page.goto("/deploys");
  await page.getByRole("link", { name: /^Sign in with / }).click();
  await page.getByRole("button", { name: "ada" }).click();
  await expect(page).toHaveURL(`${url}/deploys`);
  const me = (await (await context.request.get("/api/internal/me")).json()) as Record<string, unknown>;
  expect(me).toMatchObject({ kind: "person", id: "oidc:s-ada", name: "ada", groups: ["operators"] });

  await context.clearCookies();
  await page.goto("/");
  await page.getByRole("link", { name: /^Sign in with / }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/sign-in\?problem=sign_in_refused/);

  await context.close();
  await console.stop();
  await provider.stop();
});

test("GitHub says who somebody is, and in which teams", async ({ browser }) => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const app = { client_id: "Iv1.of-the-tests", client_secret: randomBytes(12).toString("hex") };
  const console = await start(url, {
    CONSOLE_SIGN_IN: "github",
    GITHUB_OAUTH_CLIENT_ID: app.client_id,
    GITHUB_OAUTH_CLIENT_SECRET: app.client_secret,
  });
  await console.registerOAuthApp({ ...app, redirect_uri: `${url}/auth/callback` });
  await console.addPerson({ login: "hubot", id: 7, orgs: ["acme"], teams: ["acme/platform"] });
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();

  await page.goto("/");
  await page.getByRole("link", { name: "Sign in with GitHub" }).click();
  await page.getByRole("button", { name: "Continue as hubot" }).click();
  await expect(page).toHaveURL(`${url}/me`);
  await expect(page.getByRole("main")).toContainText("may not see anything yet");
  const me = (await (await context.request.get("/api/internal/me")).json()) as Record<string, unknown>;
  expect(me).toMatchObject({ kind: "person", id: "github:7", name: "hubot", groups: ["acme", "acme/platform"] });

  await context.close();
  await console.stop();
});

/** A console at this address, which its sign-in provider has to know beforehand. */
async function start(url: string, env: Record<string, string>): Promise<ConsoleServer> {
  const directory = await mkdtemp(join(tmpdir(), "deploy-console-"));
  const server = new ConsoleServer({
    directory,
    args: ["rehearse", "--no-jobs"],
    env: { DATABASE_URL: `sqlite://${join(directory, "console.db")}`, CONSOLE_PUBLIC_URL: url, ...env },
  });
  server.url = url;
  await server.start();
  test.info().annotations.push({ type: "directory", description: directory });
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test.afterEach(async ({}, testInfo) => {
  for (const { type, description } of testInfo.annotations) {
    if (type === "directory" && description !== undefined) await rm(description, { recursive: true });
  }
});
