/** The workflow that deploys pushes to staging, and that the console can deploy with as well. */
import { expect, RUN_ID, SECRET, test } from "../fixtures.ts";
import { PUSH_WORKFLOW } from "../repository.ts";
import { COMMIT, type WorkflowRun } from "../runner/run.ts";
import { verify } from "../stub-console.ts";

const COMMANDS = [
  "SMOKE_COMMAND",
  "FREEZE_CHECK_COMMAND",
  "BUILD_COMMAND",
  "DEPLOY_COMMAND",
  "HEALTH_CHECK_COMMAND",
];
const SMOKE = ["smoke_gate_started", "smoke_gate_passed"];
const FREEZE = ["freeze_check_started", "freeze_check_passed"];
const DEPLOYED = ["building", "deploying", "succeeded"];

test.use({
  workflow: PUSH_WORKFLOW,
  allWell: Object.fromEntries(COMMANDS.map((name) => [name, "true"])),
});

function results(run: WorkflowRun): string[] {
  return ["smoke", "freeze-check", "deploy"].map((job) => run.result(job));
}

function reports(run: WorkflowRun): string[] {
  return run.steps
    .filter(({ name, outcome }) => name.startsWith("Report") && outcome !== "skipped")
    .map(({ name }) => name);
}

test("a push deploys staging; the console hears nothing", async ({ deploy, stub }) => {
  const run = deploy({ event: "push" });
  await run.finish();

  expect(run.title).toBe("Deploy main to staging (push)");
  expect(results(run)).toEqual(["success", "skipped", "success"]);
  expect(run.ran("deploy")).toContain("Check health");
  expect(reports(run)).toEqual([]);
  expect(stub.deliveries).toEqual([]);
});

test("what is deployed is the commit that was pushed", async ({ deploy }) => {
  const checkedOut: string[] = [];
  const resolveRef = (ref: string) => {
    checkedOut.push(ref);
    return ref;
  };
  await deploy({ event: "push", resolveRef }).finish();
  // Never the branch, which may have moved since.
  expect(checkedOut).toEqual([COMMIT, COMMIT]);
});

test("a push tells commands what is deployed where", async ({ deploy }) => {
  const command = 'echo "told: $DEPLOY_ENVIRONMENT $DEPLOY_GIT_REF $DEPLOY_COMMIT"';
  const vars = Object.fromEntries(COMMANDS.map((name) => [name, command]));
  const run = deploy({ event: "push", vars });
  await run.finish();

  const told = run.log.lines.filter((line) => line.startsWith("told: "));
  expect(told).toEqual(Array(4).fill(`told: staging main ${COMMIT}`));
});

for (const { variable, expected } of [
  { variable: "SMOKE_COMMAND", expected: ["failure", "skipped", "skipped"] },
  { variable: "BUILD_COMMAND", expected: ["success", "skipped", "failure"] },
  { variable: "DEPLOY_COMMAND", expected: ["success", "skipped", "failure"] },
  { variable: "HEALTH_CHECK_COMMAND", expected: ["success", "skipped", "failure"] },
]) {
  test(`on a push ${variable} fails: nothing is said`, async ({ deploy, stub }) => {
    const run = deploy({ event: "push", vars: { [variable]: "exit 3" } });
    await run.finish();

    expect(results(run)).toEqual(expected);
    expect(reports(run)).toEqual([]);
    expect(stub.deliveries).toEqual([]);
  });
}

test("without a console a push deploys nothing", async ({ deploy }) => {
  const run = deploy({ event: "push", vars: { CONSOLE_URL: "" } });
  await run.finish();
  expect(results(run)).toEqual(["skipped", "skipped", "skipped"]);
});

for (const { environment, freezeCheck, statuses } of [
  { environment: "production", freezeCheck: "success", statuses: [...SMOKE, ...FREEZE] },
  { environment: "staging", freezeCheck: "skipped", statuses: SMOKE },
]) {
  test(`a dispatch to ${environment} reports every status`, async ({ deploy, stub, id }) => {
    const run = deploy({ inputs: { environment } });
    await run.finish();

    expect(run.title).toBe(`Deploy main to ${environment} (${id})`);
    expect(results(run)).toEqual(["success", freezeCheck, "success"]);
    expect(stub.statuses).toEqual([...statuses, ...DEPLOYED]);
    for (const delivery of stub.deliveries) {
      expect(delivery.body).toMatchObject({ console_deploy_id: id, run_id: RUN_ID });
      verify(delivery, SECRET);
    }
  });
}

test("a dispatch deploys the ref that was asked for", async ({ deploy, stub }) => {
  const released = COMMIT.replaceAll("5", "7");
  const resolveRef = (ref: string) => (ref === "v1.2" ? released : ref);
  await deploy({ inputs: { git_ref: "v1.2" }, resolveRef }).finish();
  expect(stub.commits.at(-1)).toEqual(["succeeded", released]);
});

test("without phase callbacks a dispatch reports no gates", async ({ deploy, stub }) => {
  await deploy({ inputs: { phase_callbacks: "false" } }).finish();
  expect(stub.statuses).toEqual(DEPLOYED);
});

for (const { variable, stage } of [
  { variable: "SMOKE_COMMAND", stage: "smoke_gate_failed" },
  { variable: "FREEZE_CHECK_COMMAND", stage: "freeze_check_failed" },
  { variable: "BUILD_COMMAND", stage: "deploy_failed" },
  { variable: "DEPLOY_COMMAND", stage: "deploy_failed" },
  { variable: "HEALTH_CHECK_COMMAND", stage: "health_check_failed" },
]) {
  test(`dispatched, ${variable} fails: ${stage} is reported`, async ({ deploy, stub }) => {
    await deploy({ vars: { [variable]: "exit 3" } }).finish();
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ status: "failed", failure_stage: stage });
    expect(stub.commits.at(-1)).toEqual(["failed", COMMIT]);
  });
}

test("what the console has frozen is not deployed", async ({ deploy, stub }) => {
  const frozen = { outcome: "applied", freeze: { verdict: "frozen", reason: "the fair" } };
  const applied = { status: 200, body: '{"outcome":"applied"}' };
  stub.willAnswer(applied, applied, { status: 200, body: JSON.stringify(frozen) });
  const run = deploy();
  await run.finish();

  expect(results(run)).toEqual(["success", "failure", "skipped"]);
  expect(stub.deliveries.at(-1)?.body).toMatchObject({ log_line: "Frozen: the fair" });
});

test("a run by hand deploys and reports nothing", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { console_deploy_id: "" }, vars: { CONSOLE_URL: "" } });
  await run.finish();

  expect(run.title).toBe("Deploy main to production (by hand)");
  expect(results(run)).toEqual(["success", "success", "success"]);
  expect(reports(run)).toEqual([]);
  expect(stub.deliveries).toEqual([]);
});

test("pushes and dispatches wait for each other", ({ deploy }) => {
  const push = deploy({ event: "push" });
  const staging = deploy({ inputs: { environment: "staging" } });
  expect(push.concurrencyGroup).toBe("deploy-push-to-staging-staging");
  expect(staging.concurrencyGroup).toBe(push.concurrencyGroup);
  expect(deploy().concurrencyGroup).toBe("deploy-push-to-staging-production");
});
