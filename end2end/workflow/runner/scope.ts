/** What the jobs and steps of one run share. */
import type { Plain } from "./contexts.ts";
import type { RunLog } from "./log.ts";
import type { Repositories } from "./repositories.ts";

/** Where it runs. An Enterprise server knows less than github.com, and its runners may be older. */
export type Host = "github.com" | "enterprise";

export interface RunScope {
  host: Host;
  /** Others than the one of the workflow. */
  repositories: Repositories;
  log: RunLog;
  temp: string;
  /** Which commit a ref is; undefined, if there is no such ref. */
  resolveRef: (ref: string) => string | undefined;
  /** A Git repository that the check-out takes the files from; undefined: it brings none. */
  source: string | undefined;
  cancelled: () => boolean;
}

export interface StepScope {
  run: RunScope;
  /** The job, by the name that GitHub shows. */
  job: string;
  /** The repository of the file that has the steps, as it is at the commit of that file. */
  repository: string;
  workspace: string;
  /** The contexts there are here, but for `steps`, `job` and `env`. */
  contexts: { [name: string]: Plain };
  /** What the workflow, the job and the step put into `env:`. */
  declaredEnv: Readonly<Record<string, string>>;
  /** What the runner itself gives to every script. */
  runnerEnv: Readonly<Record<string, string>>;
}
