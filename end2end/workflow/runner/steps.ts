/** Walks the steps of a job, or of a composite action, and carries each one out. */
import { actionInputs, actionOf } from "./actions.ts";
import { checkOut } from "./checkout.ts";
import { Contexts, type Plain, Strict } from "./contexts.ts";
import { Expressions, type Status } from "./expression.ts";
import type { Entries, RunStep, Step, UsesStep } from "./file/model.ts";
import type { StepReport } from "./report.ts";
import type { StepScope } from "./scope.ts";
import { runScript } from "./shell.ts";

export interface StepsEnd {
  status: Status;
  /** The `steps` context as it was left. */
  steps: Strict;
}

export interface Execution {
  outcome: "success" | "failure";
  outputs: Readonly<Record<string, string>>;
}

/** Yields each step when it has ended; asking for the next one lets the run continue. */
export async function* walkSteps(
  steps: readonly Step[],
  scope: StepScope,
): AsyncGenerator<StepReport, StepsEnd> {
  const ended: { [id: string]: Plain } = {};
  let failed = false;
  const status = (): Status =>
    scope.run.cancelled() ? "cancelled" : failed ? "failure" : "success";

  for (const step of steps) {
    const outer = expressions(scope, ended, status);
    const declaredEnv = { ...scope.declaredEnv, ...texts(step.env, outer) };
    const inner = { ...scope, declaredEnv };
    const evaluate = expressions(inner, ended, status);

    const logged = scope.run.log.lines.length;
    const skip = !evaluate.condition(step.condition);
    const execution = skip ? undefined : await execute(step, inner, evaluate);
    const outcome = execution?.outcome ?? "skipped";
    const forgiven = outcome === "failure" && evaluate.flag(step.continueOnError);
    const conclusion = forgiven ? "success" : outcome;

    failed ||= conclusion === "failure";
    if (step.id !== undefined) {
      const outputs = { ...execution?.outputs };
      ended[step.id] = new Strict(`steps.${step.id}`, { outcome, conclusion, outputs });
    }
    const log = scope.run.log.lines.slice(logged);
    yield { job: scope.job, name: evaluate.text(step.name), outcome, conclusion, log };
  }
  return { status: status(), steps: new Strict("steps", ended) };
}

function expressions(
  scope: StepScope,
  ended: { [id: string]: Plain },
  status: () => Status,
): Expressions {
  const contexts = new Contexts({
    ...scope.contexts,
    env: scope.declaredEnv,
    job: new Strict("job", { status: status() }),
    steps: new Strict("steps", ended),
  });
  return new Expressions(contexts, status);
}

function execute(step: Step, scope: StepScope, evaluate: Expressions): Promise<Execution> {
  return step.kind === "run" ? runStep(step, scope, evaluate) : usesStep(step, scope, evaluate);
}

async function runStep(step: RunStep, scope: StepScope, evaluate: Expressions): Promise<Execution> {
  const { exitCode, output, outputs } = await runScript({
    text: evaluate.text(step.run),
    shell: step.shell,
    cwd: scope.workspace,
    env: { ...scope.runnerEnv, ...scope.declaredEnv },
    temp: scope.run.temp,
    timeoutMinutes: step.timeoutMinutes,
  });
  scope.run.log.write(output);
  return { outcome: exitCode === 0 ? "success" : "failure", outputs };
}

async function usesStep(
  step: UsesStep,
  scope: StepScope,
  evaluate: Expressions,
): Promise<Execution> {
  const given = texts(step.with, evaluate);
  const used = await actionOf(step.uses, scope);
  if (typeof used === "string") {
    scope.run.log.write(`::error::${used}`);
    return { outcome: "failure", outputs: {} };
  }
  if (used.kind === "checkout") return checkOut(given, scope);

  const { github, runner } = scope.contexts;
  const inputs = actionInputs(step.uses, used.action, given);
  const contexts = { github: github!, runner: runner!, inputs: new Strict("inputs", inputs) };
  const walk = walkSteps(used.action.steps, {
    ...scope,
    repository: used.repository,
    contexts,
    runnerEnv: { ...scope.runnerEnv, GITHUB_ACTION_PATH: used.directory },
  });
  const { status, steps } = await toEnd(walk);
  // Outputs are read whether or not the steps went well.
  const after = new Expressions(new Contexts({ ...contexts, steps }), () => status);
  const outputs = texts(used.action.outputs, after);
  return { outcome: status === "success" ? "success" : "failure", outputs };
}

async function toEnd<End>(walk: AsyncGenerator<unknown, End>): Promise<End> {
  for (;;) {
    const next = await walk.next();
    if (next.done === true) return next.value;
  }
}

function texts(entries: Entries, evaluate: Expressions): Record<string, string> {
  return Object.fromEntries([...entries].map(([key, token]) => [key, evaluate.text(token)]));
}
