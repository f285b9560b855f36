/**
 * From tokens to the model. A key that is not named here stops the reading: a runner
 * that passes over what it does not know would prove nothing about the workflow.
 */
import type { ScalarToken } from "@actions/workflow-parser/templates/tokens/scalar-token";
import { StringToken } from "@actions/workflow-parser/templates/tokens/string-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

import type {
  CompositeAction,
  DispatchInput,
  Entries,
  Job,
  Step,
  Triggers,
  Workflow,
} from "./model.ts";
import { parseActionFile, parseWorkflowFile } from "./parse.ts";

/** Keys that say who may run it, where and for how long; none changes what the steps do. */
const WITHOUT_EFFECT_HERE = {
  workflow: ["name", "permissions"],
  concurrency: ["cancel-in-progress"],
  job: ["runs-on", "permissions", "timeout-minutes", "environment"],
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
  const concurrency = fields(top.get("concurrency"), "concurrency", [
    "group",
    ...WITHOUT_EFFECT_HERE.concurrency,
  ]);
  return {
    runName: scalar(top.get("run-name"), "run-name"),
    on: triggers(events),
    inputs: dispatchInputs(events.get("workflow_dispatch")),
    concurrencyGroup: scalar(concurrency.get("group"), "concurrency group"),
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

function job(id: string, token: TemplateToken): Job {
  const known = ["needs", "if", "env", "outputs", "steps", ...WITHOUT_EFFECT_HERE.job];
  const job = fields(token, `job ${id}`, known);
  return {
    id,
    needs: list(job.get("needs")),
    condition: optional(job.get("if"), "if"),
    env: entries(job.get("env"), "env"),
    outputs: entries(job.get("outputs"), "outputs"),
    steps: steps(job.get("steps"), `job ${id}`),
  };
}

function steps(token: TemplateToken | undefined, where: string): Step[] {
  if (token === undefined) throw new Error(`${where} has no steps`);
  return [...token.assertSequence("steps")].map((item, at) =>
    step(item, `step ${at + 1} of ${where}`),
  );
}

const STEP_BASE = ["id", "name", "if", "continue-on-error", "env", "timeout-minutes"];

function step(token: TemplateToken, where: string): Step {
  const step = fields(token, where, [...STEP_BASE, "run", "shell", "uses", "with"]);
  const base = {
    id: optional(step.get("id"), "id")?.toString(),
    name: scalar(step.get("name"), `name of ${where}`),
    condition: optional(step.get("if"), "if"),
    continueOnError: optional(step.get("continue-on-error"), "continue-on-error"),
    env: entries(step.get("env"), "env"),
    timeoutMinutes: step.get("timeout-minutes")?.assertNumber("timeout-minutes").value,
  };

  const uses = optional(step.get("uses"), "uses")?.toString();
  if (uses !== undefined) {
    return { ...base, kind: "uses", uses, with: entries(step.get("with"), "with") };
  }
  return {
    ...base,
    kind: "run",
    run: scalar(step.get("run"), `run of ${where}`),
    shell: optional(step.get("shell"), "shell")?.toString(),
  };
}

/** The members of a mapping, each of which has to be known. */
function fields(
  token: TemplateToken | undefined,
  where: string,
  known: readonly string[],
): ReadonlyMap<string, TemplateToken> {
  const members = mapping(token, where);
  for (const key of members.keys()) {
    if (!known.includes(key)) throw new Error(`This runner does not know "${key}" in ${where}`);
  }
  return members;
}

function mapping(
  token: TemplateToken | undefined,
  where: string,
): ReadonlyMap<string, TemplateToken> {
  const members = new Map<string, TemplateToken>();
  if (token === undefined) return members;
  for (const { key, value } of token.assertMapping(where)) members.set(key.toString(), value);
  return members;
}

function entries(token: TemplateToken | undefined, where: string): Entries {
  const values = new Map<string, ScalarToken>();
  for (const [key, value] of mapping(token, where))
    values.set(key, scalar(value, `${where}.${key}`));
  return values;
}

/** A string or a list of strings. */
function list(token: TemplateToken | undefined): string[] {
  if (token === undefined) return [];
  if (token instanceof StringToken) return [token.value];
  return [...token.assertSequence("list")].map((item) => item.assertString("list item").value);
}

function optional(token: TemplateToken | undefined, where: string): ScalarToken | undefined {
  return token === undefined ? undefined : scalar(token, where);
}

function scalar(token: TemplateToken | undefined, where: string): ScalarToken {
  if (token === undefined) throw new Error(`${where} is missing`);
  return token.assertScalar(where);
}
