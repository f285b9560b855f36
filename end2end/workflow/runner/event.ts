/** The event that starts a run: does the workflow answer to it, and which inputs come with it. */
import { DispatchRefused, dispatchInputs, type InputValues } from "./inputs.ts";
import type { Workflow } from "./file/model.ts";

export type EventName = "workflow_dispatch" | "push";

/** The branch that is pushed to, or on which the workflow is dispatched. */
export const BRANCH = "main";

/** The `inputs` context of a run for this event. */
export function inputsOf(
  event: EventName,
  workflow: Workflow,
  sent: Readonly<Record<string, string>>,
): InputValues {
  if (event === "push") return pushInputs(workflow, sent);
  if (!workflow.on.dispatch) {
    throw new DispatchRefused("Workflow does not have 'workflow_dispatch' trigger");
  }
  return dispatchInputs(workflow.inputs, sent);
}

/** A push has none: each reads as null. One that is not declared is still a misspelling. */
function pushInputs({ on, inputs }: Workflow, sent: Readonly<Record<string, string>>): InputValues {
  if (!on.push.includes(BRANCH)) {
    throw new Error(`A push to ${BRANCH} does not start this workflow`);
  }
  if (Object.keys(sent).length > 0) throw new Error("A push has no inputs");
  return Object.fromEntries(inputs.map(({ name }) => [name, null]));
}
