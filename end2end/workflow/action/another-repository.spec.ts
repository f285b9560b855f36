/** The action used from a repository that has none of it: it needs no file but its own. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect, SECRET, test as base } from "../fixtures.ts";
import { commitAll, NOTIFY_ACTION, repositoryWith } from "../repository.ts";

const FOLDER = ".github/actions/notify-deploy-status";
const NAME = "acme/deploy-console";

/** A job as docs/operating/workflow-files.md shows it. */
const workflow = (at: string) => `
run-name: Deploy \${{ inputs.git_ref }} to \${{ inputs.environment }} (\${{ inputs.console_deploy_id }})
on:
  workflow_dispatch:
    inputs:
      console_deploy_id: { type: string }
      environment: { type: string }
      git_ref: { type: string }
      phase_callbacks: { type: boolean }
concurrency:
  group: deploy-\${{ inputs.environment }}
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - name: Report
        uses: ${NAME}/${FOLDER}@${at}
        with:
          console_deploy_id: \${{ inputs.console_deploy_id }}
          status: building
          console_url: \${{ vars.CONSOLE_URL }}
          hmac_secret: \${{ secrets.DEPLOY_CALLBACK_HMAC_SECRET }}
`;

const test = base.extend<{ published: { path: string; commit: string } }>({
  /** A repository with the folder of the action, and nothing else. */
  published: async ({}, use) => {
    const path = repositoryWith({});
    cpSync(NOTIFY_ACTION, join(path, FOLDER), { recursive: true });
    await use({ path, commit: commitAll(path) });
    rmSync(path, { recursive: true });
  },
});

test("another repository reports by the action at a commit", async ({
  deploy,
  published,
  stub,
  id,
}) => {
  const repository = repositoryWith({ "deploy.yml": workflow(published.commit) });
  const run = deploy({
    repository,
    workflow: "deploy.yml",
    repositories: { [NAME]: published.path },
    secrets: { DEPLOY_CALLBACK_HMAC_SECRET: SECRET },
  });
  await run.finish();

  expect(run.result("deploy")).toBe("success");
  expect(stub.deliveries.map(({ body }) => body)).toEqual([
    expect.objectContaining({ console_deploy_id: id, status: "building" }),
  ]);
  rmSync(repository, { recursive: true });
});
