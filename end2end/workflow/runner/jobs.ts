/** Walks the jobs of a workflow in the order of their needs, one after another. */
import { setUp } from "./actions.ts";
import { emptyOut } from "./checkout.ts";
import { Contexts, type Plain, Strict } from "./contexts.ts";
import { Expressions, type Status } from "./expression.ts";
import type { Entries, Job } from "./file/model.ts";
import { type Leg, legsOf, together } from "./matrix.ts";
import type { JobReport, Result, StepReport } from "./report.ts";
import { SetUpFailed } from "./repositories.ts";
import type { RunScope } from "./scope.ts";
import { type StepsEnd, walkSteps } from "./steps.ts";

export interface JobsScope {
  run: RunScope;
  repository: string;
  workspace: string;
  /** `github`, `inputs`, `vars`, `secrets` and `runner`. */
  contexts: { [name: string]: Plain };
  workflowEnv: Entries;
  runnerEnv: Readonly<Record<string, string>>;
}

/** Ends with a report for each job, and one for each leg of those that have several. */
export async function* walkJobs(
  jobs: readonly Job[],
  scope: JobsScope,
): AsyncGenerator<StepReport, JobReport[]> {
  const ended = new Map<string, JobReport>();
  const allLegs: JobReport[] = [];
  for (const job of inOrderOfNeeds(jobs)) {
    const needs = job.needs.map((id) => ended.get(id)!);
    const ancestors = ancestorsOf(job, jobs).map((id) => ended.get(id)!);
    const legs = yield* walkJob(job, needs, () => needsStatus(needs, ancestors, scope), scope);
    ended.set(job.id, together(job.id, legs));
    allLegs.push(...legs.filter(({ id }) => id !== job.id));
  }
  return [...ended.values(), ...allLegs];
}

async function* walkJob(
  job: Job,
  needs: readonly JobReport[],
  status: () => Status,
  scope: JobsScope,
): AsyncGenerator<StepReport, JobReport[]> {
  const needsContext = new Strict("needs", Object.fromEntries(needs.map(needContext)));
  const contexts = { ...scope.contexts, needs: needsContext };
  // Asked once, before there are legs: the condition of a job knows no matrix.
  if (!new Expressions(new Contexts(contexts), status).condition(job.condition)) {
    return [withoutSteps(job, job.id, scope.run.cancelled() ? "cancelled" : "skipped")];
  }
  const reports: JobReport[] = [];
  for (const leg of legsOf(job)) {
    const failedBefore = reports.some(({ result }) => result === "failure");
    if (failedBefore && job.strategy?.failFast === true) {
      reports.push(withoutSteps(job, leg.name, "cancelled"));
    } else {
      const legContexts = { ...contexts, ...leg.contexts };
      reports.push(yield* walkLeg(job, leg, status, { ...scope, contexts: legContexts }));
    }
  }
  return reports;
}

async function* walkLeg(
  job: Job,
  leg: Leg,
  status: () => Status,
  scope: JobsScope,
): AsyncGenerator<StepReport, JobReport> {
  const { run, repository, workspace, contexts } = scope;
  const beforeSteps = new Expressions(new Contexts(contexts), status);
  const texts = (entries: Entries, evaluate: Expressions) =>
    Object.fromEntries([...entries].map(([key, token]) => [key, evaluate.text(token)]));

  const problem = await setUpProblem(job, scope);
  if (problem !== undefined) {
    run.log.write(`::error::${problem}`);
    const failed = { outcome: "failure", conclusion: "failure" } as const;
    yield { job: leg.name, name: "Set up job", ...failed, log: run.log.lines.slice(-1) };
    return withoutSteps(job, leg.name, "failure");
  }
  // Each job has a machine of its own; what another one checked out is not there.
  await emptyOut(workspace);
  const end: StepsEnd = yield* walkSteps(job.steps, {
    run,
    job: leg.name,
    repository,
    workspace,
    contexts,
    declaredEnv: { ...texts(scope.workflowEnv, beforeSteps), ...texts(job.env, beforeSteps) },
    runnerEnv: { ...scope.runnerEnv, GITHUB_JOB: job.id },
  });
  const afterSteps = new Expressions(
    new Contexts({ ...contexts, steps: end.steps }),
    () => end.status,
  );
  return { id: leg.name, result: end.status, outputs: texts(job.outputs, afterSteps) };
}

/** Why the job fails before its first step, if it does. */
async function setUpProblem(job: Job, scope: JobsScope): Promise<string | undefined> {
  if (scope.run.host === "enterprise" && !job.runsOn.includes("self-hosted")) {
    throw new Error(`An Enterprise server has no runner for ${job.runsOn.join(", ")}`);
  }
  try {
    await setUp(job.steps, scope.run, scope.repository);
    return undefined;
  } catch (error) {
    if (error instanceof SetUpFailed) return error.message;
    throw error;
  }
}

function withoutSteps(job: Job, id: string, result: Result): JobReport {
  const outputs = Object.fromEntries([...job.outputs.keys()].map((name) => [name, ""]));
  return { id, result, outputs };
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
