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
  concurrencyGroup: ScalarToken;
  env: Entries;
  jobs: readonly Job[];
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
  env: Entries;
  outputs: Entries;
  steps: readonly Step[];
}

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
