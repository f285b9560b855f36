/** From tokens to the model: a job, its matrix and its steps. */
import { NumberToken } from "@actions/workflow-parser/templates/tokens/number-token";
import { StringToken } from "@actions/workflow-parser/templates/tokens/string-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

import type { Job, MatrixValue, Step, Strategy } from "./model.ts";
import { entries, fields, list, mapping, optional, scalar } from "./tokens.ts";

/** Keys that say who may do what, where and for how long; none changes what the steps do. */
const WITHOUT_EFFECT_HERE = ["permissions", "timeout-minutes", "environment"];

export function job(id: string, token: TemplateToken): Job {
  const known = ["needs", "if", "runs-on", "strategy", "env", "outputs", "steps"];
  const job = fields(token, `job ${id}`, [...known, ...WITHOUT_EFFECT_HERE]);
  return {
    id,
    needs: list(job.get("needs")),
    condition: optional(job.get("if"), "if"),
    runsOn: list(job.get("runs-on")),
    strategy: job.has("strategy") ? strategy(job.get("strategy")) : undefined,
    env: entries(job.get("env"), "env"),
    outputs: entries(job.get("outputs"), "outputs"),
    steps: steps(job.get("steps"), `job ${id}`),
  };
}

function strategy(token: TemplateToken | undefined): Strategy {
  const known = ["matrix", "fail-fast", "max-parallel"];
  const strategy = fields(token, "strategy", known);
  const matrix = mapping(strategy.get("matrix"), "matrix");
  for (const key of ["include", "exclude"]) {
    if (matrix.has(key)) throw new Error(`This runner does not know "${key}" in matrix`);
  }
  return {
    matrix: new Map([...matrix].map(([name, values]) => [name, matrixValues(name, values)])),
    failFast: strategy.get("fail-fast")?.assertBoolean("fail-fast").value ?? true,
  };
}

function matrixValues(name: string, token: TemplateToken): MatrixValue[] {
  return [...token.assertSequence(`matrix.${name}`)].map((value) => {
    if (value instanceof StringToken || value instanceof NumberToken) return value.value;
    return value.assertBoolean(`value of matrix.${name}`).value;
  });
}

export function steps(token: TemplateToken | undefined, where: string): Step[] {
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
