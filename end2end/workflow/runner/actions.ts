/** Finds the actions that steps use, by the ways in which GitHub lets them be named. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import type { CompositeAction, Step } from "./file/model.ts";
import { readCompositeAction } from "./file/read.ts";
import { refuseDanglingLinks, SetUpFailed } from "./repositories.ts";
import type { RunScope, StepScope } from "./scope.ts";

export type Action =
  | { kind: "checkout" }
  | {
      kind: "composite";
      action: CompositeAction;
      directory: string;
      /** The repository of the action: what `$/` means inside it. */
      repository: string;
    };

/** The check-outs that are known, by their commit, and the Node that each wants of the runner. */
const CHECKOUTS: Readonly<Record<string, number>> = {
  // v7.0.1
  "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1": 24,
  // v4.2.2
  "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683": 20,
};

/** On Enterprise servers, runners may be older: this one is of before 2.327. */
const ENTERPRISE_NODE = 20;

const OF_A_REPOSITORY = /^([\w.-]+\/[\w.-]+)((?:\/[\w.-]+)*)@([\w./-]+)$/;

/**
 * What a runner does before the first step of a job: it gets every action that the steps use, and
 * those that these use in turn, whether or not the step will be skipped. (But for `./…`, which is
 * only there once it has been checked out.)
 */
export async function setUp(
  steps: readonly Step[],
  run: RunScope,
  repository: string,
): Promise<void> {
  for (const step of steps) {
    if (step.kind === "run" || step.uses.startsWith("./")) continue;
    const used = await download(step.uses, run, repository);
    if (used.kind === "composite") await setUp(used.action.steps, run, used.repository);
  }
}

/** The action of a step that is about to run; a string says why it cannot be used. */
export async function actionOf(uses: string, scope: StepScope): Promise<Action | string> {
  if (!uses.startsWith("./")) return download(uses, scope.run, scope.repository);
  // `./`: what the workspace holds now. Which repository that is, is not known.
  const directory = join(scope.workspace, uses);
  if (!existsSync(join(directory, "action.yml"))) {
    const missing = `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${directory}'.`;
    return `${missing} Did you forget to run actions/checkout before running your local action?`;
  }
  return composite(directory, scope.workspace);
}

async function download(uses: string, run: RunScope, repository: string): Promise<Action> {
  const node = CHECKOUTS[uses];
  if (node !== undefined) {
    if (run.host === "enterprise" && node > ENTERPRISE_NODE) {
      throw new SetUpFailed(`'using: node${node}' is not supported`);
    }
    return { kind: "checkout" };
  }
  // `$/`: the repository of the file, at the commit of the file. No check-out is needed.
  if (uses.startsWith("$/") && run.host === "github.com") {
    if (uses.includes("@")) throw new Error(`GitHub takes no version in ${uses}`);
    await refuseDanglingLinks(repository);
    return composite(join(repository, uses.slice(2)), repository);
  }
  const [, name, path, ref] = OF_A_REPOSITORY.exec(uses) ?? [];
  const isKnown = name !== undefined && !name.startsWith("actions/");
  if (!isKnown || path === undefined || ref === undefined) {
    throw new Error(`This runner does not know how to use ${uses}`);
  }
  const root = await run.repositories.at(name, ref);
  await refuseDanglingLinks(root);
  return composite(join(root, path), root);
}

function composite(directory: string, repository: string): Action {
  const file = join(directory, "action.yml");
  if (!existsSync(file)) throw new SetUpFailed(`Can't find 'action.yml' under '${directory}'`);
  return { kind: "composite", action: readCompositeAction(file), directory, repository };
}

/** What a step gives an action. GitHub does not enforce `required`, and nor does this. */
export function actionInputs(
  uses: string,
  action: CompositeAction,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !action.inputs.has(name));
  if (unknown.length > 0) throw new Error(`${uses} has no input ${unknown.join(", ")}`);
  return Object.fromEntries(
    [...action.inputs].map(([name, fallback]) => [name, given[name] ?? fallback]),
  );
}
