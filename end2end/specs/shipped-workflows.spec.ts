/** Each workflow that is there to be copied, as the console dispatches it and believes its callbacks. No page is opened. */
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { EVERY_COMMAND_SUCCEEDS, expect, test as base } from "../fixtures/test.ts";
import type { ConsoleServer } from "../fixtures/server.ts";
import {
  commitAll,
  type Enterprise,
  madeForEnterprise,
  REPOSITORY,
  repositoryWith,
  WORKFLOWS,
} from "../workflow/repository.ts";
import { type RunOptions, WorkflowRun } from "../workflow/runner/run.ts";
import type { Host } from "../workflow/runner/scope.ts";
import { StubHeroku } from "../workflow/shipped/stub-heroku.ts";

const SMOKE = ["smoke_gate_started", "smoke_gate_passed"];
const FREEZE = ["freeze_check_started", "freeze_check_passed"];
const DEPLOY = ["building", "deploying", "succeeded"];

/** What each reports in production. */
const FILES: Record<string, string[]> = {
  "deploy-console.yml": [...SMOKE, ...FREEZE, ...DEPLOY],
  "deploy-customer-docs.yml": DEPLOY,
  // Each leg reports the last three; the deploy moves when the last of them has.
  "deploy-matrix.yml": [...SMOKE, ...DEPLOY],
  "deploy-heroku.yml": [...SMOKE, ...FREEZE, ...DEPLOY],
  "deploy-push-to-staging.yml": [...SMOKE, ...FREEZE, ...DEPLOY],
};

type OnHeroku = Required<Pick<RunOptions, "vars" | "secrets" | "env" | "source">>;

const test = base.extend<{ onHeroku: OnHeroku }, { made: Enterprise }>({
  /** An app on a stub of Heroku, and the repository that is pushed to it. */
  onHeroku: async ({}, use) => {
    const heroku = await StubHeroku.start({ app: "acme-shop", apiKey: "HRKU-for-tests" });
    const source = repositoryWith({ Procfile: "web: true" });
    commitAll(source);
    await use({
      source,
      secrets: { HEROKU_API_KEY: "HRKU-for-tests" },
      vars: { HEROKU_APP: "acme-shop", HEALTH_CHECK_URL: `${heroku.url}/healthz` },
      env: { HEROKU_GIT_URL: heroku.url, HEROKU_API_URL: heroku.url, HEROKU_POLL_SECONDS: "0" },
    });
    rmSync(source, { recursive: true });
    await heroku.stop();
  },
  made: [
    async ({}, use) => {
      const made = madeForEnterprise();
      await use(made);
      for (const path of [made.repository, ...Object.values(made.repositories)]) {
        rmSync(path, { recursive: true });
      }
    },
    { scope: "worker" },
  ],
});

async function dispatch(server: ConsoleServer): Promise<string> {
  const response = await fetch(`${server.url}/api/internal/deploys`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
    body: JSON.stringify({ app: "storefront", environment: "production", git_ref: "main" }),
  });
  expect([201, 202]).toContain(response.status);
  return ((await response.json()) as { id: string }).id;
}

for (const host of ["github.com", "enterprise"] satisfies Host[]) {
  for (const [name, reported] of Object.entries(FILES)) {
    test(`${name} on ${host} is deployed from the console`, async ({
      server,
      secret,
      made,
      onHeroku,
    }) => {
      const there = host === "enterprise" ? made : { repository: REPOSITORY };
      const workflow = `${WORKFLOWS}/${name}`;
      const text = readFileSync(join(there.repository, workflow), "utf8");
      await server.commitWorkflow("example/storefront", "deploy-console.yml", text);
      const id = await dispatch(server);
      const { id: runId, inputs, display_title } = await server.onlyRun();
      const run = new WorkflowRun({
        ...there,
        host,
        workflow,
        runId,
        inputs,
        source: onHeroku.source,
        secrets: { ...onHeroku.secrets, DEPLOY_CALLBACK_HMAC_SECRET: secret },
        vars: { ...EVERY_COMMAND_SUCCEEDS, ...onHeroku.vars, CONSOLE_URL: server.url },
        env: onHeroku.env,
      });
      expect(run.title).toBe(display_title);
      await run.finish();

      expect(run.log.annotations).toEqual([]);
      const deploy = await server.deploy(id);
      expect(deploy.status).toBe("succeeded");
      const heard = deploy.history.filter(({ source }) => source === "callback");
      expect(heard.map(({ status }) => status)).toEqual(reported);
      await run.close();
    });
  }
}
