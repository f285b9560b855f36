/** Small workflows in throw-away repositories, for the runner's own tests. */
import { rmSync } from "node:fs";

import { test as base } from "@playwright/test";

import { repositoryWith } from "./repository.ts";
import { type RunOptions, WorkflowRun } from "./runner/run.ts";

export const CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1";

type Overrides = Partial<RunOptions> & {
  files?: Record<string, string>;
  links?: Record<string, string>;
  on?: string;
  concurrency?: string;
};

export const test = base.extend<{ runOf: (jobs: string, overrides?: Overrides) => WorkflowRun }>({
  runOf: async ({}, use) => {
    const repositories: string[] = [];
    await use((jobs, { files = {}, links = {}, on, concurrency, ...overrides } = {}) => {
      const text = workflow(jobs, on, concurrency);
      const repository = repositoryWith({ "workflow.yml": text, ...files }, links);
      repositories.push(repository);
      return new WorkflowRun({
        repository,
        workflow: "workflow.yml",
        runId: 1,
        vars: {},
        secrets: {},
        inputs: {},
        ...overrides,
      });
    });
    for (const repository of repositories) rmSync(repository, { recursive: true });
  },
});

export const DISPATCH = `
  workflow_dispatch:
    inputs:
      word: { type: string, default: none }
      flag: { type: boolean, default: false }
      size: { type: choice, options: [small, large], default: small }
`;
export const PUSH = "\n  push: { branches: [release, main] }\n";

/** A composite action, for any folder. */
export const GREET = `
name: Greet
description: Says hello
inputs:
  who: { description: Whom, default: you }
runs:
  using: composite
  steps:
    - name: Greet
      shell: bash
      run: bash "$GITHUB_ACTION_PATH/greet.sh"
      env:
        WHO: \${{ inputs.who }}
`;
export const GREET_SCRIPT = 'echo "hello $WHO at $LEVEL"';

export const BY_SIZE = "  group: ${{ inputs.size }}";

/** `jobs` is a list of `id: {…}` in YAML's flow style or indented by two, and so is `on`. */
function workflow(jobs: string, on = DISPATCH, concurrency = BY_SIZE): string {
  return `
run-name: Run \${{ inputs.word }}
on:${on}concurrency:
${concurrency}
env:
  LEVEL: workflow
jobs:
${jobs}`;
}

export function job(id: string, steps: string, more = ""): string {
  return `  ${id}:\n    runs-on: ubuntu-24.04\n${more}    steps:\n${steps}`;
}

export function step(name: string, run: string, more = ""): string {
  return `      - name: ${name}\n        run: ${JSON.stringify(run)}\n${more}`;
}

export function uses(action: string, more = ""): string {
  return `      - name: Greet\n        uses: ${action}\n${more}`;
}

export const FAILS = step("Fail", "exit 1");
export const MARK = step("Mark", "echo reached");

export { expect } from "@playwright/test";
