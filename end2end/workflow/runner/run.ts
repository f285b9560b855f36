/**
 * One run of a workflow file on this machine: GitHub's parser, schema and evaluator,
 * the file's own conditions and scripts, a real bash.
 *
 * A run goes on only as far as it is asked to, so that a test can look at the console
 * between two steps, without a pause and without a race.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Contexts, type Plain, Strict } from "./contexts.ts";
import { BRANCH, type EventName, inputsOf } from "./event.ts";
import { Expressions } from "./expression.ts";
import { walkJobs } from "./jobs.ts";
import { RunLog } from "./log.ts";
import type { Workflow } from "./file/model.ts";
import { readWorkflow } from "./file/read.ts";
import type { JobReport, Result, StepReport } from "./report.ts";
import { Repositories } from "./repositories.ts";
import type { Host } from "./scope.ts";

export interface RunOptions {
  /** The repository: its workflows and actions are run as they are there. */
  repository: string;
  /** Path of the workflow in the repository. */
  workflow: string;
  /** What starts it; a dispatch, if not said. */
  event?: EventName;
  /** As the API is sent them: all of them strings. A push has none. */
  inputs: Readonly<Record<string, string>>;
  vars: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
  runId: number;
  runAttempt?: number;
  /** Which commit a ref is; undefined, if there is no such ref. By default, every ref is. */
  resolveRef?: (ref: string) => string | undefined;
  /** github.com, if not said. */
  host?: Host;
  /** Other repositories, as Git repositories of this machine, by `owner/name`. */
  repositories?: Readonly<Record<string, string>>;
  /** A Git repository that the check-out takes the files from. By default it brings none. */
  source?: string;
  /** Added to the environment of every script. */
  env?: Readonly<Record<string, string>>;
}

/** The commit that every ref is, unless a test says otherwise. */
export const COMMIT = "5bd1e3a6c0f94c2bb5b8a1de74fb5c3ae1d20f67";

export class WorkflowRun {
  readonly workflow: Workflow;
  readonly title: string;
  readonly concurrencyGroup: string;
  readonly log = new RunLog();
  readonly steps: StepReport[] = [];
  private readonly options: RunOptions;
  private readonly contexts: { [name: string]: Plain };
  private readonly walk: AsyncGenerator<StepReport, JobReport[]>;
  private jobs: readonly JobReport[] | undefined;
  private isCancelled = false;
  private isClosed = false;

  constructor(options: RunOptions) {
    const { event = "workflow_dispatch", inputs } = options;
    this.options = options;
    this.workflow = readWorkflow(join(options.repository, options.workflow));
    if (options.host === "enterprise" && this.workflow.concurrency.queue !== undefined) {
      throw new Error("An Enterprise server does not know `queue` in `concurrency`");
    }
    this.contexts = {
      github: new Strict("github", githubContext(options)),
      inputs: new Strict("inputs", inputsOf(event, this.workflow, inputs)),
      vars: { ...options.vars },
      secrets: { ...options.secrets },
    };
    const evaluate = new Expressions(new Contexts(this.contexts), () => "success");
    this.title = evaluate.text(this.workflow.runName);
    this.concurrencyGroup = evaluate.text(this.workflow.concurrency.group);
    for (const secret of Object.values(options.secrets)) this.log.mask(secret);
    this.walk = this.begin();
  }

  get id(): number {
    return this.options.runId;
  }

  /** The deploy that it was dispatched for. */
  get deployId(): string {
    return this.options.inputs["console_deploy_id"] ?? "";
  }

  /** Goes on until this step has ended, whether it was run or skipped. */
  async through(job: string, step: string): Promise<StepReport> {
    for (;;) {
      const report = await this.next();
      if (report === undefined) throw new Error(`The run ended before "${step}" of the job ${job}`);
      if (report.job === job && report.name === step) return report;
    }
  }

  /** Goes on to the end. */
  async finish(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  /** From here on the run is cancelled, as by an operator on GitHub. */
  cancel(): void {
    this.isCancelled = true;
  }

  /** Ends early and leaves nothing behind. A caller that still waits for a step gets an error. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.walk.return([]);
  }

  result(job: string): Result {
    const report = this.jobs?.find(({ id }) => id === job);
    if (report === undefined) throw new Error(`The job ${job} has not ended`);
    return report.result;
  }

  /** The steps that were run, by the name of their job. */
  ran(job: string): string[] {
    return this.steps
      .filter((step) => step.job === job && step.outcome !== "skipped")
      .map(({ name }) => name);
  }

  private async next(): Promise<StepReport | undefined> {
    const { done, value } = await this.walk.next();
    if (done === true) {
      if (this.jobs === undefined && this.isClosed) throw new Error("The run was closed");
      this.jobs ??= value;
      return undefined;
    }
    this.steps.push(value);
    return value;
  }

  private async *begin(): AsyncGenerator<StepReport, JobReport[]> {
    const root = await mkdtemp(join(tmpdir(), "workflow-run-"));
    try {
      const temp = join(root, "temp");
      const workspace = join(root, "workspace");
      const home = join(root, "home");
      await Promise.all([temp, workspace, home].map((directory) => mkdir(directory)));
      const runner = new Strict("runner", { os: "Linux", arch: "X64", name: "test", temp });
      return yield* walkJobs(this.workflow.jobs, {
        run: {
          host: this.options.host ?? "github.com",
          repositories: new Repositories(this.options.repositories ?? {}, join(root, "actions")),
          log: this.log,
          temp,
          resolveRef: this.options.resolveRef ?? (() => COMMIT),
          source: this.options.source,
          cancelled: () => this.isCancelled,
        },
        repository: this.options.repository,
        workspace,
        contexts: { ...this.contexts, runner },
        workflowEnv: this.workflow.env,
        runnerEnv: { ...runnerEnv(this.options, workspace, temp), HOME: home },
      });
    } finally {
      await rm(root, { recursive: true });
    }
  }
}

function githubContext(options: RunOptions): { [key: string]: string } {
  const { event = "workflow_dispatch", runId, runAttempt = 1, workflow } = options;
  return {
    event_name: event,
    ref: `refs/heads/${BRANCH}`,
    ref_name: BRANCH,
    repository: "example/storefront",
    run_attempt: String(runAttempt),
    run_id: String(runId),
    sha: COMMIT,
    workflow_ref: `example/storefront/${workflow}@refs/heads/${BRANCH}`,
  };
}

/** The default variables of GitHub, and nothing of the environment of these tests but the path. */
function runnerEnv(options: RunOptions, workspace: string, temp: string): Record<string, string> {
  const github = Object.entries(githubContext(options)).map(([key, value]) => [
    `GITHUB_${key.toUpperCase()}`,
    value,
  ]);
  return {
    ...Object.fromEntries(github),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: workspace,
    PATH: process.env["PATH"] ?? "",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: temp,
    ...options.env,
  };
}
