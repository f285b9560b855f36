/** Where this repository is, and throw-away ones for the runner's own tests. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
export const DEPLOY_WORKFLOW = ".github/workflows/deploy-console.yml";
export const HEROKU_WORKFLOW = ".github/workflows/deploy-heroku.yml";
export const DOCS_WORKFLOW = ".github/workflows/deploy-customer-docs.yml";
export const PUSH_WORKFLOW = ".github/workflows/deploy-push-to-staging.yml";
/** A workflow as repositories still have it that were set up before there were phase callbacks. */
export const BEFORE_PHASES_WORKFLOW = "end2end/workflow/files/deploy-console-before-phases.yml";
export const NOTIFY_ACTION = join(REPOSITORY, ".github/actions/notify-deploy-status");

/** A repository with these files, in a new directory. */
export function repositoryWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "repository-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
