/**
 * From tokens to the model. A key that is not named here stops the reading: a runner
 * that passes over what it does not know would prove nothing about the workflow.
 */
import type { ScalarToken } from "@actions/workflow-parser/templates/tokens/scalar-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

import { job, steps } from "./job.ts";
import type {
  CompositeAction,
  Concurrency,
  DispatchInput,
  Triggers,
  Workflow,
} from "./model.ts";
import { parseActionFile, parseWorkflowFile } from "./parse.ts";
import { entries, fields, list, mapping, optional, scalar } from "./tokens.ts";

/** Keys that say who may run it; none changes what the jobs do. */
const WITHOUT_EFFECT_HERE = {
  workflow: ["name", "permissions"],
  action: ["name", "description"],
};

export function readWorkflow(path: string): Workflow {
  const top = fields(parseWorkflowFile(path), "the workflow", [
    "run-name",
    "on",
    "concurrency",
    "env",
    "jobs",
    ...WITHOUT_EFFECT_HERE.workflow,
  ]);
  const events = fields(top.get("on"), "on", ["workflow_dispatch", "push"]);
  return {
    runName: scalar(top.get("run-name"), "run-name"),
    on: triggers(events),
    inputs: dispatchInputs(events.get("workflow_dispatch")),
    concurrency: concurrency(top.get("concurrency")),
    env: entries(top.get("env"), "env"),
    jobs: [...mapping(top.get("jobs"), "jobs")].map(([id, token]) => job(id, token)),
  };
}

export function readCompositeAction(path: string): CompositeAction {
  const top = fields(parseActionFile(path), path, [
    "inputs",
    "outputs",
    "runs",
    ...WITHOUT_EFFECT_HERE.action,
  ]);
  const runs = fields(top.get("runs"), "runs", ["using", "steps"]);
  const using = scalar(runs.get("using"), "using").toString();
  if (using !== "composite") throw new Error(`${path} runs using ${using}, not as a composite`);

  const inputs = new Map<string, string>();
  for (const [name, token] of mapping(top.get("inputs"), "inputs")) {
    const input = fields(token, `input ${name}`, ["description", "required", "default"]);
    inputs.set(name, optional(input.get("default"), `default of ${name}`)?.toString() ?? "");
  }
  const outputs = new Map<string, ScalarToken>();
  if (top.has("outputs")) {
    for (const [name, token] of mapping(top.get("outputs"), "outputs")) {
      const output = fields(token, `output ${name}`, ["description", "value"]);
      outputs.set(name, scalar(output.get("value"), `value of ${name}`));
    }
  }
  return { inputs, outputs, steps: steps(runs.get("steps"), path) };
}

function concurrency(token: TemplateToken | undefined): Concurrency {
  const members = fields(token, "concurrency", ["group", "cancel-in-progress", "queue"]);
  const cancelInProgress =
    members.get("cancel-in-progress")?.assertBoolean("cancel-in-progress").value ?? false;
  const queue = optional(members.get("queue"), "queue")?.toString();
  if (queue === "max" && cancelInProgress) {
    throw new Error("GitHub takes no `queue: max` together with `cancel-in-progress: true`");
  }
  return { group: scalar(members.get("group"), "concurrency group"), cancelInProgress, queue };
}

function triggers(events: ReadonlyMap<string, TemplateToken>): Triggers {
  const push = fields(events.get("push"), "push", ["branches"]);
  return {
    dispatch: events.has("workflow_dispatch"),
    push: list(push.get("branches")).map(branch),
  };
}

/** A branch by its name. GitHub has patterns besides, of which no workflow here makes use. */
function branch(name: string): string {
  if (/^[\w./-]+$/.test(name)) return name;
  throw new Error(`This runner does not know the branch pattern "${name}"`);
}

function dispatchInputs(token: TemplateToken | undefined): DispatchInput[] {
  const dispatch = fields(token, "workflow_dispatch", ["inputs"]);
  return [...mapping(dispatch.get("inputs"), "inputs")].map(([name, token]) => {
    const input = fields(token, `input ${name}`, [
      "description",
      "type",
      "options",
      "required",
      "default",
    ]);
    return {
      name,
      type: inputType(optional(input.get("type"), "type")?.toString() ?? "string"),
      options: list(input.get("options")),
      required: input.get("required")?.assertBoolean("required").value ?? false,
      fallback: optional(input.get("default"), "default")?.toString() ?? "",
    };
  });
}

function inputType(type: string): DispatchInput["type"] {
  if (type === "string" || type === "choice" || type === "boolean") return type;
  throw new Error(`This runner does not know the input type ${type}`);
}
