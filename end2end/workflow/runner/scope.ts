/** What the jobs and steps of one run share. */
import type { Plain } from "./contexts.ts";
import type { RunLog } from "./log.ts";

export interface RunScope {
  /** The repository's files, as they are at the commit of the workflow. */
  repository: string;
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
  job: string;
  workspace: string;
  /** The contexts there are here, but for `steps`, `job` and `env`. */
  contexts: { [name: string]: Plain };
  /** What the workflow, the job and the step put into `env:`. */
  declaredEnv: Readonly<Record<string, string>>;
  /** What the runner itself gives to every script. */
  runnerEnv: Readonly<Record<string, string>>;
}
