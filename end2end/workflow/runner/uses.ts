/** The actions that this runner knows: those of this repository, and the check-out. */
import { join } from "node:path";

import type { CompositeAction } from "./file/model.ts";
import { readCompositeAction } from "./file/read.ts";

export type Action =
  { kind: "composite"; directory: string; action: CompositeAction } | { kind: "checkout" };

const PINNED_CHECKOUT = /^actions\/checkout@[0-9a-f]{40}$/;

export function resolveAction(uses: string, repository: string): Action {
  if (PINNED_CHECKOUT.test(uses)) return { kind: "checkout" };
  // `$/`: this repository at the commit of the workflow. No check-out needed.
  if (uses.startsWith("$/")) {
    const directory = join(repository, uses.slice(2));
    return {
      kind: "composite",
      directory,
      action: readCompositeAction(join(directory, "action.yml")),
    };
  }
  throw new Error(`This runner does not know how to use ${uses}`);
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
