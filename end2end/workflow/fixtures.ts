/** A stub of the console, and runs of a real workflow file against it. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";

import { test as base } from "@playwright/test";

import { DEPLOY_WORKFLOW, type Enterprise, madeForEnterprise, REPOSITORY } from "./repository.ts";
import { type RunOptions, WorkflowRun } from "./runner/run.ts";
import type { Host } from "./runner/scope.ts";
import { StubConsole } from "./stub-console.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const RUN_ID = 16_400_000_001;

type Overrides = Omit<Partial<RunOptions>, "inputs"> & {
  /** Beside those that the console sends; undefined leaves one out. */
  inputs?: Readonly<Record<string, string | undefined>>;
};

export interface Options {
  /** Where the workflow runs: the file as it is, or what an Enterprise server gets of it. */
  host: Host;
  /** Path of the workflow in the repository. */
  workflow: string;
  /** The variables with which all goes well. */
  allWell: Record<string, string>;
}

interface Fixtures {
  stub: StubConsole;
  /** The deploy's id. */
  id: string;
  /**
   * A run of the workflow, for production with phase callbacks, or for a push. Nothing of it is
   * done until asked for.
   */
  deploy: (overrides?: Overrides) => WorkflowRun;
}

export const test = base.extend<Options & Fixtures, { enterprise: Enterprise }>({
  host: ["github.com", { option: true }],
  workflow: [DEPLOY_WORKFLOW, { option: true }],
  allWell: [{}, { option: true }],
  stub: async ({}, use) => {
    const stub = await StubConsole.start();
    await use(stub);
    await stub.stop();
  },
  id: async ({}, use) => use(randomUUID()),
  enterprise: [
    async ({}, use) => {
      const made = madeForEnterprise();
      await use(made);
      for (const path of [made.repository, ...Object.values(made.repositories)]) {
        rmSync(path, { recursive: true });
      }
    },
    { scope: "worker" },
  ],
  deploy: async ({ stub, id, host, workflow, allWell, enterprise }, use) => {
    const runs: WorkflowRun[] = [];
    await use((overrides = {}) => {
      const run = new WorkflowRun({
        ...(host === "enterprise" ? enterprise : { repository: REPOSITORY }),
        host,
        workflow,
        runId: RUN_ID,
        secrets: { DEPLOY_CALLBACK_HMAC_SECRET: SECRET },
        ...overrides,
        env: { NOTIFY_BACKOFF_SECONDS: "0", ...overrides.env },
        inputs: overrides.event === "push" ? {} : inputsSent(id, overrides.inputs),
        vars: { ...allWell, CONSOLE_URL: stub.url, ...overrides.vars },
      });
      runs.push(run);
      return run;
    });
    await Promise.all(runs.map((run) => run.close()));
  },
});

function inputsSent(id: string, overrides: Overrides["inputs"]): Record<string, string> {
  const inputs = {
    console_deploy_id: id,
    environment: "production",
    git_ref: "main",
    phase_callbacks: "true",
    ...overrides,
  };
  const sent = Object.entries(inputs).filter(
    (input): input is [string, string] => input[1] !== undefined,
  );
  return Object.fromEntries(sent);
}

export { expect } from "@playwright/test";
