/** The workflow of an app on Heroku, with a real push, against stubs of the console and of Heroku. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, SECRET, test as base } from "../fixtures.ts";
import { Spy } from "../action/notify-script.ts";
import { DEPLOY_WORKFLOW, HEROKU_WORKFLOW, REPOSITORY } from "../repository.ts";
import type { RunOptions, WorkflowRun } from "../runner/run.ts";
import { APPLIED, verify } from "../stub-console.ts";
import { QUIET, StubHeroku } from "./stub-heroku.ts";

const APP = "acme-billing";
const API_KEY = "HRKU-0f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2918";
const SMOKE = ["smoke_gate_started", "smoke_gate_passed"];
const FREEZE = ["freeze_check_started", "freeze_check_passed"];
const GATES = [...SMOKE, ...FREEZE];

const test = base.extend<{
  heroku: StubHeroku;
  /** A repository of two commits, the older of which is tagged `v1`. */
  source: string;
  release: (overrides?: Partial<RunOptions>) => WorkflowRun;
}>({
  heroku: async ({}, use) => {
    const heroku = await StubHeroku.start({ app: APP, apiKey: API_KEY });
    await use(heroku);
    await heroku.stop();
  },
  source: async ({}, use, testInfo) => {
    const source = testInfo.outputPath("source");
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", source], QUIET);
    // Names of commits as GitHub takes them.
    git(source, "config", "uploadpack.allowAnySHA1InWant", "true");
    commit(source, "first");
    git(source, "tag", "v1");
    commit(source, "second");
    await use(source);
  },
  release: async ({ deploy, heroku, source }, use) => {
    await use((overrides = {}) =>
      deploy({
        source,
        secrets: { DEPLOY_CALLBACK_HMAC_SECRET: SECRET, HEROKU_API_KEY: API_KEY },
        ...overrides,
        vars: {
          HEROKU_APP: APP,
          HEALTH_CHECK_URL: `${heroku.url}/healthz`,
          HEALTH_CHECK_SECONDS: "0",
          ...overrides.vars,
        },
        env: {
          HEROKU_GIT_URL: heroku.url,
          HEROKU_API_URL: heroku.url,
          HEROKU_POLL_SECONDS: "0",
          ...overrides.env,
        },
      }),
    );
  },
});

test.use({
  workflow: HEROKU_WORKFLOW,
  allWell: { SMOKE_COMMAND: "true", FREEZE_CHECK_COMMAND: "true" },
});

function git(repository: string, ...args: string[]): string {
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  return execFileSync("git", ["-C", repository, ...author, ...args], QUIET).toString().trim();
}

function commit(repository: string, message: string): void {
  git(repository, "commit", "--quiet", "--allow-empty", "--message", message);
}

function results(run: WorkflowRun) {
  return ["smoke", "freeze-check", "deploy"].map((job) => run.result(job));
}

test("a production deploy is pushed, and reports every status in order", async ({
  heroku,
  release,
  source,
  stub,
}) => {
  heroku.statuses = ["pending", "pending", "succeeded"];
  const run = release();
  await run.finish();

  expect(results(run)).toEqual(["success", "success", "success"]);
  expect(stub.statuses).toEqual([...GATES, "building", "deploying", "succeeded"]);
  for (const delivery of stub.deliveries) verify(delivery, SECRET);
  expect(heroku.main).toBe(git(source, "rev-parse", "main"));
  expect(run.log.lines.filter((line) => line === "The release phase is under way.")).toHaveLength(2);
});

test("a staging deploy has no freeze check", async ({ release, stub }) => {
  const run = release({ inputs: { environment: "staging" } });
  await run.finish();
  expect(results(run)).toEqual(["success", "skipped", "success"]);
  expect(stub.statuses).toEqual([...SMOKE, "building", "deploying", "succeeded"]);
});

test("an older commit is deployed over a newer one", async ({ heroku, release, source }) => {
  await release().finish();
  await release({ inputs: { git_ref: "v1" } }).finish();
  expect(heroku.main).toBe(git(source, "rev-parse", "v1"));
});

test("the time of the commit is reported by jobs that have it checked out", async ({ release, source, stub }) => {
  await release().finish();

  const made = Date.parse(git(source, "show", "--no-patch", "--format=%cI", "main"));
  const times = stub.deliveries.map(({ body }) => [
    body["status"],
    Date.parse(String(body["committed_at"])),
  ]);
  expect(times).toContainEqual(["succeeded", made]);
  expect(times).toContainEqual(["smoke_gate_passed", NaN]);
});

test("from the check-out on, each report says which commit", async ({ release, source, stub }) => {
  await release({ inputs: { git_ref: "v1" } }).finish();
  const older = git(source, "rev-parse", "v1");
  expect(stub.commits).toEqual([
    ["smoke_gate_started", undefined],
    ...[...GATES.slice(1), "building", "deploying", "succeeded"].map((status) => [status, older]),
  ]);
});

test("without phase callbacks the older statuses are still reported", async ({ release, stub }) => {
  await release({ inputs: { phase_callbacks: "false" } }).finish();
  expect(stub.statuses).toEqual(["building", "deploying", "succeeded"]);
});

test("a run that no console asked for deploys, and reports nothing", async ({
  heroku,
  release,
  stub,
}) => {
  const run = release({
    inputs: { console_deploy_id: "" },
    vars: { CONSOLE_URL: "" },
    secrets: { HEROKU_API_KEY: API_KEY },
  });
  await run.finish();
  expect(results(run)).toEqual(["success", "success", "success"]);
  expect(heroku.main).toBeDefined();
  expect(stub.deliveries).toEqual([]);
});

interface Failure {
  what: string;
  vars?: Record<string, string>;
  secrets?: Record<string, string>;
  heroku?: (heroku: StubHeroku) => void;
  reported: string[];
  stage: string;
  says?: string;
}

const BUILDING = [...GATES, "building", "failed"];
const FAILURES: Failure[] = [
  {
    what: "the smoke gate fails",
    vars: { SMOKE_COMMAND: "exit 3" },
    reported: ["smoke_gate_started", "failed"],
    stage: "smoke_gate_failed",
  },
  {
    what: "the freeze check fails",
    vars: { FREEZE_CHECK_COMMAND: "exit 3" },
    reported: [...SMOKE, "freeze_check_started", "failed"],
    stage: "freeze_check_failed",
  },
  {
    what: "the build on Heroku fails",
    heroku: (heroku) => heroku.failBuilds(),
    reported: BUILDING,
    stage: "deploy_failed",
    says: "The push failed.",
  },
  {
    what: "the release phase fails",
    heroku: (heroku) => (heroku.statuses = ["pending", "failed"]),
    reported: BUILDING,
    stage: "deploy_failed",
    says: "Heroku's newest release is failed.",
  },
  {
    what: "Heroku runs another commit after the push",
    heroku: (heroku) => (heroku.commit = "5bd1e3a6c0f94c2bb5b8a1de74fb5c3ae1d20f67"),
    reported: BUILDING,
    stage: "deploy_failed",
    says: "Heroku runs 5bd1e3a6c0f94c2bb5b8a1de74fb5c3ae1d20f67.",
  },
  {
    what: "the key is another one",
    secrets: { HEROKU_API_KEY: "HRKU-another" },
    reported: BUILDING,
    stage: "deploy_failed",
    says: "The push failed.",
  },
  {
    what: "the key is not set",
    secrets: { HEROKU_API_KEY: "" },
    reported: BUILDING,
    stage: "deploy_failed",
    says: "Is the secret HEROKU_API_KEY set",
  },
  {
    what: "the app is not named",
    vars: { HEROKU_APP: "" },
    reported: BUILDING,
    stage: "deploy_failed",
    says: "Is the variable HEROKU_APP set?",
  },
  {
    what: "the health check is not answered",
    vars: { HEALTH_CHECK_URL: "http://127.0.0.1:9" },
    reported: [...GATES, "building", "deploying", "failed"],
    stage: "health_check_failed",
  },
  {
    what: "the health check has no address",
    vars: { HEALTH_CHECK_URL: "" },
    reported: [...GATES, "building", "deploying", "failed"],
    stage: "health_check_failed",
    says: "Set the variable HEALTH_CHECK_URL",
  },
  {
    what: "the health check's time is no number",
    vars: { HEALTH_CHECK_SECONDS: "a[$(echo canary >&2)]", HEALTH_CHECK_URL: "http://127.0.0.1:9" },
    reported: [...GATES, "building", "deploying", "failed"],
    stage: "health_check_failed",
    says: "Set the variable HEALTH_CHECK_SECONDS",
  },
];

for (const { what, vars = {}, secrets = {}, heroku: change, reported, stage, says } of FAILURES) {
  test(`${what}: ${stage} is reported, and nothing comes after`, async ({
    heroku,
    release,
    source,
    stub,
  }) => {
    change?.(heroku);
    const run = release({
      vars,
      secrets: { DEPLOY_CALLBACK_HMAC_SECRET: SECRET, HEROKU_API_KEY: API_KEY, ...secrets },
    });
    await run.finish();

    expect(stub.statuses).toEqual(reported);
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ status: "failed", failure_stage: stage });
    expect(stub.commits.at(-1)).toEqual(["failed", git(source, "rev-parse", "main")]);
    if (says !== undefined) expect(run.log.text).toContain(says);
    expect(run.log.lines).not.toContain("canary");
  });
}

test("an app that is not healthy yet is asked again", async ({ heroku, release, stub }, testInfo) => {
  // The first try fails. The pause is for GitHub; here it takes no time.
  const tried = testInfo.outputPath("tried");
  const spy = new Spy();
  spy.watch("sleep", "exit 0");
  spy.watch(
    "curl",
    `if [[ "$*" == *healthz* && ! -e '${tried}' ]]; then touch '${tried}'; exit 22; fi; PATH=\${PATH#*:} exec curl "$@"`,
  );
  await release({ env: { PATH: spy.path }, vars: { HEALTH_CHECK_SECONDS: "600" } }).finish();
  spy.remove();

  expect(readFileSync(tried, "utf8")).toBe("");
  expect(heroku.main).toBeDefined();
  expect(stub.statuses.at(-1)).toBe("succeeded");
});

test("a freeze of the console stops it before the push", async ({ heroku, release, stub }) => {
  const body = JSON.stringify({ outcome: "applied", freeze: { verdict: "frozen", holds: [] } });
  stub.willAnswer(APPLIED, APPLIED, { status: 200, body });
  const run = release();
  await run.finish();
  expect(results(run)).toEqual(["success", "failure", "skipped"]);
  expect(heroku.main).toBeUndefined();
});

test("a cancelled run reports neither failure nor success", async ({ release, stub }) => {
  const run = release();
  await run.through("deploy", "Deploy");
  run.cancel();
  await run.finish();
  expect(stub.statuses).toEqual([...GATES, "building"]);
});

test("the key is in no argument and in no line of the log", async ({ release }) => {
  const spy = new Spy();
  for (const program of ["git", "curl"]) spy.watch(program);
  const run = release({ env: { PATH: spy.path } });
  await run.finish();

  const curl = spy.calls("curl");
  const calls = [...spy.calls("git"), ...curl];
  spy.remove();
  expect(calls.filter((call) => call.includes("push"))).toHaveLength(1);
  expect(calls.filter((call) => call.includes("/releases"))).toHaveLength(1);
  expect(calls.join("\n")).not.toContain(API_KEY);
  for (const call of curl) expect(call).toMatch(/^curl -q --globoff /);
  expect(run.log.text).not.toContain(API_KEY);
  expect(run.log.text).not.toContain("***");
});

test("the title carries the deploy's id, and one environment is deployed to at a time", ({
  id,
  release,
}) => {
  const run = release();
  expect(run.title).toBe(`Deploy main to production (${id})`);
  expect(run.concurrencyGroup).toBe("deploy-heroku-production");
});

test("the job of the commit's code has no secret", () => {
  expect(jobText(HEROKU_WORKFLOW, "smoke")).not.toContain("secrets");
  expect(jobText(HEROKU_WORKFLOW, "report-smoke-end")).toContain("secrets");
});

test("without a console, no job waits to report", async ({ release }) => {
  const run = release({ inputs: { console_deploy_id: "" }, vars: { SMOKE_COMMAND: "exit 1" } });
  await run.finish();
  const reporting = ["report-smoke-start", "report-smoke-end"];
  expect(reporting.map((job) => run.result(job))).toEqual(["skipped", "skipped"]);
});

test("without phase callbacks, only a failure is reported", async ({ release, stub }) => {
  const run = release({ inputs: { phase_callbacks: "false" }, vars: { SMOKE_COMMAND: "exit 1" } });
  await run.finish();
  expect(run.result("report-smoke-start")).toBe("skipped");
  expect(stub.statuses).toEqual(["failed"]);
});

/**
 * Both files are there to be copied, each alone, and a reusable workflow would put its own name before the
 * names of its jobs. So the gates stand in both; but for who reports, they must not drift apart.
 */
test("the gates are those of deploy-console.yml, word for word", () => {
  const [smoke, other] = [DEPLOY_WORKFLOW, HEROKU_WORKFLOW].map((path) =>
    parts(jobText(path, "smoke")).filter((part) => !part.includes("notify-deploy-status")),
  );
  expect(smoke?.join()).toContain("SMOKE_COMMAND");
  expect(other).toEqual(smoke);

  const [here, there] = [HEROKU_WORKFLOW, DEPLOY_WORKFLOW].map((path) => {
    const text = jobText(path, "freeze-check");
    return text.slice(text.indexOf("    runs-on:"));
  });
  expect(here).toContain("freeze_check_passed");
  expect(here).toBe(there);
});

/** A job, from its name to the next one or to the comment before it. */
function jobText(path: string, job: string): string {
  const text = readFileSync(join(REPOSITORY, path), "utf8");
  return new RegExp(`\\n  ${job}:\\n(?:(?!  \\S).*\\n)*`).exec(text)?.[0] ?? "";
}

/** What comes before its steps, and each step. */
function parts(job: string): string[] {
  return job.replace("    steps:\n", "    steps:\n\n").trim().split("\n\n");
}
