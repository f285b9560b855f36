/**
 * A callback without a shared secret: the action itself asks GitHub for a token of its run, and the console shows what that
 * proves. A token of another run moves nothing.
 */
import { expect, test } from "../fixtures/test.ts";
import type { ConsoleServer } from "../fixtures/server.ts";
import { runAction } from "../workflow/action/notify-script.ts";

/** Reports a status from a job of a run, as the step of the workflow does. */
function report(server: ConsoleServer, deployId: string, run: number, status: string) {
  return runAction({
    NOTIFY_BACKOFF_SECONDS: "0",
    NOTIFY_DEPLOY_ID: deployId,
    NOTIFY_STATUS: status,
    NOTIFY_CONSOLE_URL: server.url,
    NOTIFY_HMAC_SECRET: "",
    GITHUB_RUN_ID: String(run),
    GITHUB_RUN_ATTEMPT: "1",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-the-job",
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.github}/_rehearsal/identity/${run}?api-version=2.0`,
  });
}

test("GitHub proves which run reports, and the page says so", async ({ server, page }) => {
  const deploy = await server.dispatch("search", "staging");
  const run = (await server.onlyRun()).id;
  const other = await server.runByHandAs("octocat", "example/search", "deploy-search.yml", "staging");

  const refused = await report(server, deploy.id, other.id, "smoke_gate_started");
  expect(refused.exitCode, refused.output).toBe(1);
  expect(refused.output).toContain("401 invalid_identity");

  for (const status of ["smoke_gate_started", "smoke_gate_passed", "building"]) {
    const taken = await report(server, deploy.id, run, status);
    expect(taken.exitCode, taken.output).toBe(0);
  }
  await page.goto(`/deploys/${deploy.id}`);
  await page.locator("details.step__more summary").first().click();
  await expect(page.getByText(new RegExp(`proved by GitHub: run ${run}, attempt 1`)).first()).toBeVisible();
});
