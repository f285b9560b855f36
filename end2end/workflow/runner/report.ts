/** What came of a run, by GitHub's words for it. */

export type Result = "success" | "failure" | "cancelled" | "skipped";

export interface StepReport {
  job: string;
  name: string;
  /** What the step did. */
  outcome: Result;
  /** What that means for its job: with `continue-on-error`, a failure is a success. */
  conclusion: Result;
  log: readonly string[];
}

export interface JobReport {
  id: string;
  result: Result;
  outputs: Readonly<Record<string, string>>;
}
