/** The live version is known by its commit, however it was deployed; and an earlier one is deployed by one press. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { EVERY_COMMAND_SUCCEEDS, expect, test } from "../fixtures/test.ts";
import { VersionsPage } from "../pages/versions-page.ts";
import { PUSH_WORKFLOW, REPOSITORY } from "../workflow/repository.ts";
import { WorkflowRun } from "../workflow/runner/run.ts";

const REPO = "example/storefront";
const WORKFLOW = "deploy-console.yml";
/** What an app answers is not pushed: the board is read again every 20 s. */
const SEEN_ON_THE_BOARD = { timeout: 30_000 };
const ALL_DONE = ["done", "done", "done", "done"] as const;

test.use({ jobs: "simulated", pace: "30ms" });

test("a roll-back deploys exactly the commit that was live before", async ({
  board,
  page,
  server,
}) => {
  await board.deploy("storefront", "production", "v1");
  await board.deploy("storefront", "production", "main");
  await board.open();
  const row = board.row("storefront", "production");
  await expect(row).toContainText(/Live\s*main · [0-9a-f]{7}/);
  await expect(row).toContainText(/Confirmed by the app/, SEEN_ON_THE_BOARD);

  await board.openVersions("storefront", "production");
  const versions = new VersionsPage(page);
  await expect(versions.live).toContainText("main · ");
  await expect(versions.earlier).toContainText("v1 · ");
  await versions.earlier.getByRole("link", { name: /^Roll back… v1/ }).click();

  await expect(page.getByRole("region", { name: "What changes" })).toContainText(
    /Takes back \d+ commits?/,
  );
  await page.getByRole("textbox", { name: "Reason" }).fill("Prices are wrong");
  const name = page.getByRole("textbox", { name: "Name of the environment" });
  await page.getByRole("button", { name: "Roll back" }).click();
  await expect(name, "production is deployed to by its name").toBeFocused();
  await name.fill("production");
  await page.getByRole("button", { name: "Roll back" }).click();
  const main = page.getByRole("main");
  await expect(main).toContainText("Roll-back to the commit of an earlier deploy");
  await expect(main).toContainText("Prices are wrong");
  await expect(main.locator("[data-status]").first()).toHaveAttribute("data-status", "succeeded");

  const [first, , third] = await server.runs(3);
  expect(third!.inputs["git_ref"]).toMatch(/^[0-9a-f]{40}$/);
  await versions.open("storefront", "production");
  await expect(versions.live).toContainText(third!.inputs["git_ref"]!.slice(0, 7));
  expect(first!.inputs["git_ref"]).toBe("v1");
});

test("a press that is sent twice rolls back once", async ({ board, page, server }) => {
  await board.deploy("storefront", "staging", "v1");
  await board.deploy("storefront", "staging", "main");
  const versions = new VersionsPage(page);
  await versions.open("storefront", "staging");
  await versions.earlier.getByRole("link", { name: /^Roll back…/ }).click();
  const address = page.url();
  const key = await page.locator("input[name=key]").inputValue();
  await page.getByRole("button", { name: "Roll back" }).click();
  await expect(page).toHaveURL(/\/deploys\/[0-9a-f-]{36}$/);
  const again = await page.request.post(address, {
    form: { key, reason: "" },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(again.url()).toBe(page.url());
  await server.runs(3);
});

test("a push that deploys staging is found, and reports nothing", async ({ server, secret }) => {
  const text = await readFile(join(REPOSITORY, PUSH_WORKFLOW), "utf8");
  await server.commitWorkflow(REPO, WORKFLOW, text);
  const pushed = await server.push(REPO, WORKFLOW, "staging");
  const run = new WorkflowRun({
    repository: REPOSITORY,
    workflow: PUSH_WORKFLOW,
    event: "push",
    runId: pushed.id,
    inputs: {},
    secrets: { DEPLOY_CALLBACK_HMAC_SECRET: secret },
    vars: { ...EVERY_COMMAND_SUCCEEDS, CONSOLE_URL: server.url },
  });
  // By this title, and by no word of the run's, the console knows what goes where.
  expect(run.title).toBe(pushed.display_title);
  await run.finish();
  expect(run.result("deploy")).toBe("success");
  await expect(async () => {
    const { deploys } = await server.deploys();
    expect(deploys).toHaveLength(1);
    expect(deploys[0]).toMatchObject({
      environment: "staging",
      status: "succeeded",
      origin: { kind: "github", event: "push" },
    });
    expect(deploys[0]!.history.map(({ source }) => source)).not.toContain("callback");
  }).toPass();
  await run.close();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("what is live in staging is promoted to production", async ({ page, server }) => {
    await server.push(REPO, WORKFLOW, "staging");
    const versions = new VersionsPage(page);
    await expect(async () => {
      await versions.open("storefront", "production");
      await expect(versions.elsewhere).toContainText("octocat on GitHub", { timeout: 100 });
    }).toPass();
    await versions.elsewhere.getByRole("link", { name: /^Promote…/ }).click();
    await expect(page.getByRole("main")).toContainText("Promote storefront to production");
    await expect(page.getByRole("main")).toContainText("Nothing is live there");
    await page.getByRole("textbox", { name: "Name of the environment" }).fill("production");
    await page.getByRole("button", { name: "Promote" }).click();
    await expect(page.getByRole("main")).toContainText("Promotion of the commit of an earlier deploy");
    const [pushed, promoted] = await server.runs(2);
    expect(promoted!.inputs).toMatchObject({
      environment: "production",
      git_ref: (pushed as unknown as { commit: string }).commit,
    });
  });
});

test.describe("at a pace that can be watched", () => {
  test.use({ pace: "1s" });

  test("a run that somebody started on GitHub is followed, and nothing else is deployed meanwhile", async ({
    board,
    page,
    server,
  }) => {
    await server.runByHand(REPO, WORKFLOW, "production", "v2");
    const row = board.row("storefront", "production");
    await expect(async () => {
      await board.open();
      await expect(row).toContainText("octocat on GitHub", { timeout: 100 });
    }).toPass();
    await expect(row).toContainText("One deploy at a time");
    const button = board.deployButton("storefront", "production");
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("button", { name: "Watch storefront to production" }).click();
    const dialog = board.dialog("storefront", "production");
    await dialog.expectSteps("succeeded", [...ALL_DONE]);
    await expect(dialog.step("deploy")).toContainText(/read from GitHub/i);
    await dialog.close.click();
    await expect(row).toContainText(/Live\s*v2/);
    await expect(row).toContainText(/The app answers [0-9a-f]{7}/, SEEN_ON_THE_BOARD);
  });
});

test("what somebody deployed by another way shows as drift", async ({ board, page, server }) => {
  await board.deploy("storefront", "production", "main");
  await board.open();
  const row = board.row("storefront", "production");
  await expect(row).toContainText("Confirmed by the app", SEEN_ON_THE_BOARD);
  await server.runByHand(REPO, "another.yml", "production", "v3");
  await expect(row).toContainText(/Drift: the app answers [0-9a-f]{7}/, SEEN_ON_THE_BOARD);
  await board.openVersions("storefront", "production");
  await expect(new VersionsPage(page).live).toContainText("Drift: the app answers");
});
