/** The check-out. It brings files only where a test has some: most commands of these tests need none. */
import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { StepScope } from "./scope.ts";
import type { Execution } from "./steps.ts";

const KNOWN = ["ref", "fetch-depth", "persist-credentials"];

export async function checkOut(
  given: Readonly<Record<string, string>>,
  scope: StepScope,
): Promise<Execution> {
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name)) {
      throw new Error(`This runner does not know the input ${name} of the check-out`);
    }
  }
  const ref = given["ref"] || "HEAD";
  const { source } = scope.run;
  const commit =
    source === undefined
      ? scope.run.resolveRef(ref)
      : await take(source, ref, given["fetch-depth"] ?? "1", scope.workspace);
  if (commit === undefined) {
    scope.run.log.write(`::error::A branch or tag with the name '${ref}' could not be found`);
    return { outcome: "failure", outputs: {} };
  }
  return { outcome: "success", outputs: { ref, commit } };
}

/** The commit of the ref, with as much history as was asked for, in place of what the workspace held. */
async function take(
  source: string,
  ref: string,
  depth: string,
  workspace: string,
): Promise<string | undefined> {
  await emptyOut(workspace);
  const git = async (...args: string[]) =>
    (await promisify(execFile)("git", ["-C", workspace, ...args])).stdout.trim();
  await git("init", "--quiet");
  const history = depth === "0" ? [] : [`--depth=${depth}`];
  try {
    await git("fetch", "--quiet", ...history, `file://${source}`, ref);
  } catch {
    return undefined;
  }
  await git("checkout", "--quiet", "--detach", "FETCH_HEAD");
  return git("rev-parse", "HEAD");
}

export async function emptyOut(directory: string): Promise<void> {
  const held = await readdir(directory);
  await Promise.all(held.map((name) => rm(join(directory, name), { recursive: true })));
}
