/** Where this repository is, and throw-away ones for the runner's own tests. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
export const DEPLOY_WORKFLOW = ".github/workflows/deploy-console.yml";
export const HEROKU_WORKFLOW = ".github/workflows/deploy-heroku.yml";
export const DOCS_WORKFLOW = ".github/workflows/deploy-customer-docs.yml";
export const PUSH_WORKFLOW = ".github/workflows/deploy-push-to-staging.yml";
export const MATRIX_WORKFLOW = ".github/workflows/deploy-matrix.yml";
/** A workflow as repositories still have it that were set up before there were phase callbacks. */
export const BEFORE_PHASES_WORKFLOW = "end2end/workflow/files/deploy-console-before-phases.yml";
export const NOTIFY_ACTION = join(REPOSITORY, ".github/actions/notify-deploy-status");

/** A repository with these files, and links to where each of them says, in a new directory. */
export function repositoryWith(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): string {
  const root = mkdtempSync(join(tmpdir(), "repository-"));
  const within = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(within(path), text);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, within(path));
  return root;
}

/** Makes a Git repository of a folder. Gives the commit that holds what is in it. */
export function commitAll(root: string): string {
  if (!existsSync(join(root, ".git"))) git(root, "init", "--quiet", "--initial-branch=main");
  git(root, "add", "--all", "--force");
  git(root, "commit", "--quiet", "--message", "All");
  return git(root, "rev-parse", "HEAD");
}

function git(root: string, ...args: string[]): string {
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  return execFileSync("git", ["-C", root, ...author, ...args]).toString().trim();
}
