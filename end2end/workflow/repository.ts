/** Where this repository is, and throw-away ones for the runner's own tests. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
export const WORKFLOWS = ".github/workflows";
export const DEPLOY_WORKFLOW = `${WORKFLOWS}/deploy-console.yml`;
export const HEROKU_WORKFLOW = `${WORKFLOWS}/deploy-heroku.yml`;
export const DOCS_WORKFLOW = `${WORKFLOWS}/deploy-customer-docs.yml`;
export const PUSH_WORKFLOW = `${WORKFLOWS}/deploy-push-to-staging.yml`;
export const MATRIX_WORKFLOW = `${WORKFLOWS}/deploy-matrix.yml`;
/** The files that are there to be copied. */
export const SHIPPED = [
  "deploy-console.yml",
  "deploy-customer-docs.yml",
  "deploy-heroku.yml",
  "deploy-matrix.yml",
  "deploy-push-to-staging.yml",
];
/** A workflow of two apps, with inputs of their own; docs/operating/workflow-files.md has its parts. */
export const TWO_APPS_WORKFLOW = "end2end/workflow/files/deploy-two-apps.yml";
/** A workflow as repositories still have it that were set up before there were phase callbacks. */
export const BEFORE_PHASES_WORKFLOW = "end2end/workflow/files/deploy-console-before-phases.yml";
export const FOR_ENTERPRISE = join(REPOSITORY, ".github/for-enterprise.sh");
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

export interface Enterprise {
  /** A repository of an app, with the workflows that were made for the server. */
  repository: string;
  /** The other repository of the server: the one with the actions. */
  repositories: Record<string, string>;
}

/** The workflows as an Enterprise server takes them, in new directories. */
export function madeForEnterprise(): Enterprise {
  const actions = repositoryWith({});
  cpSync(join(REPOSITORY, ".github/actions"), join(actions, ".github/actions"), { recursive: true });
  const at = `tools/deploy-actions@${commitAll(actions)}`;
  const repository = repositoryWith({});
  execFileSync(FOR_ENTERPRISE, [at, join(repository, ".github/workflows")]);
  return { repository, repositories: { "tools/deploy-actions": actions } };
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
