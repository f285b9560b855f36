/** What holds for every workflow in this repository. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { REPOSITORY, SHIPPED, TWO_APPS_WORKFLOW, WORKFLOWS } from "../repository.ts";
import type { Workflow } from "../runner/file/model.ts";
import { readWorkflow } from "../runner/file/read.ts";

/** Those that are there to be copied, and the one that shows inputs of an app. */
const COPIED = [...SHIPPED.map((name) => `${WORKFLOWS}/${name}`), TWO_APPS_WORKFLOW];
const OF_THE_CONSOLE = ["console_deploy_id", "environment", "git_ref", "phase_callbacks"];

function text(path: string): string {
  return readFileSync(join(REPOSITORY, path), "utf8");
}

function read(path: string): Workflow {
  return readWorkflow(join(REPOSITORY, path));
}

test("every workflow that deploys is among them", () => {
  const files = readdirSync(join(REPOSITORY, WORKFLOWS));
  expect(files.sort()).toEqual(["ci.yml", ...SHIPPED].sort());
});

test("each action is pinned, with its version, which is the same everywhere", () => {
  const paths = [...COPIED, `${WORKFLOWS}/ci.yml`];
  const used = paths.flatMap((path) =>
    [...text(path).matchAll(/uses: (.*)$/gm)].map(([, action]) => action!),
  );
  const others = used.filter((action) => !action.startsWith("$/"));
  for (const action of others) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const versions = [...new Set(others.map((action) => action.replace("/restore@", "@")))];
  const names = versions.map((action) => action.split("@")[0]);
  expect(names.sort(), versions.join("\n")).toEqual([...new Set(names)].sort());
});

for (const path of COPIED) {
  test(`${path}: a run that waits keeps its turn, by itself in its environment`, () => {
    const { group, ...rest } = read(path).concurrency;
    expect(rest).toEqual({ cancelInProgress: false, queue: "max" });
    expect(group.toString()).toContain("inputs.environment");
  });

  test(`${path}: GitHub's record tells the health check from the deploy`, () => {
    const jobs = read(path).jobs.map(({ id, steps }) => ({
      id,
      names: steps.map(({ name }) => name.toString()),
    }));
    const health = jobs.flatMap(({ names }) => names.filter((name) => /health/i.test(name)));
    expect(health).toEqual(["Check health"]);
    const deploy = jobs.find(({ id }) => id === "deploy")!.names;
    expect(deploy.indexOf("Deploy")).toBeGreaterThan(-1);
    expect(deploy.indexOf("Check health")).toBeGreaterThan(deploy.indexOf("Deploy"));
  });

  test(`${path}: a report that fails does not fail its job`, () => {
    const steps = read(path).jobs.flatMap((job) => job.steps);
    const reports = steps.filter(
      (step) => step.kind === "uses" && step.uses.includes("notify-deploy-status"),
    );
    expect(reports.length).toBeGreaterThan(3);
    for (const { name, continueOnError } of reports) {
      expect(continueOnError?.toString(), name.toString()).toBe("true");
    }
  });

  test(`${path}: inputs reach scripts as variables alone`, () => {
    for (const step of read(path).jobs.flatMap((job) => job.steps)) {
      if (step.kind === "run") expect(step.run.toString()).not.toContain("${{");
    }
  });

  test(`${path}: it has the inputs of the console, and no more than Enterprise takes`, () => {
    const names = read(path).inputs.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(OF_THE_CONSOLE));
    expect(names.length).toBeLessThanOrEqual(10);
  });
}
