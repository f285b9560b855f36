/**
 * What of a workflow this runner knows. Values stay tokens until they are needed:
 * an expression means something only at the moment at which its step runs.
 */
import type { ScalarToken } from "@actions/workflow-parser/templates/tokens/scalar-token";

export type Entries = ReadonlyMap<string, ScalarToken>;

export interface Workflow {
  runName: ScalarToken;
  on: Triggers;
  /** Those that a dispatch may carry. */
  inputs: readonly DispatchInput[];
  concurrency: Concurrency;
  env: Entries;
  jobs: readonly Job[];
}

export interface Concurrency {
  group: ScalarToken;
  cancelInProgress: boolean;
  /** How many runs may wait: one, which a newer one replaces, or a queue; if the file says so. */
  queue: string | undefined;
}

export interface Triggers {
  dispatch: boolean;
  /** The branches to which a push starts it. */
  push: readonly string[];
}

export interface DispatchInput {
  name: string;
  type: "string" | "choice" | "boolean";
  options: readonly string[];
  required: boolean;
  fallback: string;
}

export interface Job {
  id: string;
  needs: readonly string[];
  condition: ScalarToken | undefined;
  runsOn: readonly string[];
  strategy: Strategy | undefined;
  env: Entries;
  outputs: Entries;
  steps: readonly Step[];
}

export interface Strategy {
  /** The values of each variable, in the order of the file. */
  matrix: ReadonlyMap<string, readonly MatrixValue[]>;
  /** Whether the other legs are cancelled when one has failed. */
  failFast: boolean;
}

export type MatrixValue = string | number | boolean;

export type Step = RunStep | UsesStep;

interface StepBase {
  id: string | undefined;
  name: ScalarToken;
  condition: ScalarToken | undefined;
  continueOnError: ScalarToken | undefined;
  env: Entries;
  timeoutMinutes: number | undefined;
}

export interface RunStep extends StepBase {
  kind: "run";
  run: ScalarToken;
  shell: string | undefined;
}

export interface UsesStep extends StepBase {
  kind: "uses";
  uses: string;
  with: Entries;
}

export interface CompositeAction {
  /** Names with their defaults. */
  inputs: ReadonlyMap<string, string>;
  outputs: Entries;
  steps: readonly Step[];
}
