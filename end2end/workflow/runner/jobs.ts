/** Walks the jobs of a workflow in the order of their needs, one after another. */
import { emptyOut } from "./checkout.ts";
import { Contexts, type Plain, Strict } from "./contexts.ts";
import { Expressions, type Status } from "./expression.ts";
import type { Entries, Job } from "./file/model.ts";
import type { JobReport, StepReport } from "./report.ts";
import type { RunScope } from "./scope.ts";
import { type StepsEnd, walkSteps } from "./steps.ts";

export interface JobsScope {
  run: RunScope;
  workspace: string;
  /** `github`, `inputs`, `vars`, `secrets` and `runner`. */
  contexts: { [name: string]: Plain };
  workflowEnv: Entries;
  runnerEnv: Readonly<Record<string, string>>;
}

export async function* walkJobs(
  jobs: readonly Job[],
  scope: JobsScope,
): AsyncGenerator<StepReport, JobReport[]> {
  const ended = new Map<string, JobReport>();
  for (const job of inOrderOfNeeds(jobs)) {
    const needs = job.needs.map((id) => ended.get(id)!);
    const ancestors = ancestorsOf(job, jobs).map((id) => ended.get(id)!);
    ended.set(
      job.id,
      yield* walkJob(job, needs, () => needsStatus(needs, ancestors, scope), scope),
    );
  }
  return [...ended.values()];
}

async function* walkJob(
  job: Job,
  needs: readonly JobReport[],
  status: () => Status,
  scope: JobsScope,
): AsyncGenerator<StepReport, JobReport> {
  const needsContext = new Strict("needs", Object.fromEntries(needs.map(needContext)));
  const contexts = { ...scope.contexts, needs: needsContext };
  const beforeSteps = new Expressions(new Contexts(contexts), status);
  const texts = (entries: Entries, evaluate: Expressions) =>
    Object.fromEntries([...entries].map(([key, token]) => [key, evaluate.text(token)]));

  if (!beforeSteps.condition(job.condition)) {
    const outputs = Object.fromEntries([...job.outputs.keys()].map((name) => [name, ""]));
    return { id: job.id, result: scope.run.cancelled() ? "cancelled" : "skipped", outputs };
  }

  // Each job has a machine of its own; what another one checked out is not there.
  await emptyOut(scope.workspace);
  const end: StepsEnd = yield* walkSteps(job.steps, {
    run: scope.run,
    job: job.id,
    workspace: scope.workspace,
    contexts,
    declaredEnv: { ...texts(scope.workflowEnv, beforeSteps), ...texts(job.env, beforeSteps) },
    runnerEnv: { ...scope.runnerEnv, GITHUB_JOB: job.id },
  });
  const afterSteps = new Expressions(
    new Contexts({ ...contexts, steps: end.steps }),
    () => end.status,
  );
  return { id: job.id, result: end.status, outputs: texts(job.outputs, afterSteps) };
}

function needContext({ id, result, outputs }: JobReport): [string, Strict] {
  const members = { result, outputs: new Strict(`needs.${id}.outputs`, { ...outputs }) };
  return [id, new Strict(`needs.${id}`, members)];
}

/** What `success()`, `failure()` and `cancelled()` mean in the condition of a job. */
function needsStatus(
  needs: readonly JobReport[],
  ancestors: readonly JobReport[],
  scope: JobsScope,
): Status {
  if (scope.run.cancelled()) return "cancelled";
  if (ancestors.some(({ result }) => result === "failure")) return "failure";
  if (needs.some(({ result }) => result === "skipped")) return "skipped";
  return "success";
}

function inOrderOfNeeds(jobs: readonly Job[]): Job[] {
  const ordered: Job[] = [];
  const waiting = [...jobs];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ needs }) =>
      needs.every((id) => ordered.some((done) => done.id === id)),
    );
    if (ready === -1) {
      throw new Error(
        `Jobs need each other, or one that is not there: ${waiting.map(({ id }) => id).join(", ")}`,
      );
    }
    ordered.push(...waiting.splice(ready, 1));
  }
  return ordered;
}

function ancestorsOf(job: Job, jobs: readonly Job[]): string[] {
  return job.needs.flatMap((id) => {
    const need = jobs.find((candidate) => candidate.id === id);
    return need === undefined ? [] : [id, ...ancestorsOf(need, jobs)];
  });
}
