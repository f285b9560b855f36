/** The workflow that rolls out in legs: each reports for itself, and the console can count them. */
import { expect, RUN_ID, SECRET, test } from "../fixtures.ts";
import { MATRIX_WORKFLOW } from "../repository.ts";
import { COMMIT, type WorkflowRun } from "../runner/run.ts";
import { type Delivery, type StubConsole, verify } from "../stub-console.ts";

const COMMANDS = ["SMOKE_COMMAND", "DEPLOY_COMMAND", "HEALTH_CHECK_COMMAND"];
const SMOKE = ["smoke_gate_started", "smoke_gate_passed"];
const DEPLOYED = ["building", "deploying", "succeeded"];
const EU = { index: 0, total: 2, name: "eu" };
const US = { index: 1, total: 2, name: "us" };
const NOT_IN_EU = '[[ $DEPLOY_REGION != "eu" ]]';

test.use({
  workflow: MATRIX_WORKFLOW,
  allWell: Object.fromEntries(COMMANDS.map((name) => [name, "true"])),
});

function results(run: WorkflowRun): string[] {
  return ["smoke", "deploy (eu)", "deploy (us)"].map((job) => run.result(job));
}

function saidBy(stub: StubConsole, leg: object | undefined): Delivery["body"][] {
  const bodies = stub.deliveries.map(({ body }) => body);
  return bodies.filter((body) => JSON.stringify(body["leg"]) === JSON.stringify(leg));
}

function statusesOf(stub: StubConsole, leg: object | undefined): unknown[] {
  return saidBy(stub, leg).map((body) => body["status"]);
}

test("each leg reports its own roll-out, and the gate is the whole deploy's", async ({
  deploy,
  stub,
  id,
}) => {
  const run = deploy();
  await run.finish();

  expect(results(run)).toEqual(["success", "success", "success"]);
  expect(statusesOf(stub, undefined)).toEqual(SMOKE);
  expect(statusesOf(stub, EU)).toEqual(DEPLOYED);
  expect(statusesOf(stub, US)).toEqual(DEPLOYED);
  for (const delivery of stub.deliveries) {
    expect(delivery.body).toMatchObject({ console_deploy_id: id, run_id: RUN_ID });
    verify(delivery, SECRET);
  }
  expect(run.title).toBe(`Deploy main to production (${id})`);
});

test("legs are known by the names that GitHub gives their jobs", async ({ deploy }) => {
  const run = deploy();
  await run.finish();
  const jobs = new Set(run.steps.map(({ job }) => job));
  expect([...jobs]).toEqual(["smoke", "deploy (eu)", "deploy (us)"]);
});

test("all legs deploy the commit that passed the gate, though the branch has moved", async ({
  deploy,
  stub,
}) => {
  const gated = COMMIT.replaceAll("5", "7");
  const resolveRef = (ref: string) => (ref === "main" ? gated : ref);
  await deploy({ resolveRef }).finish();
  expect(stub.commits.slice(1).map(([, commit]) => commit)).toEqual(Array(7).fill(gated));
});

for (const { variable, stage, reported, line } of [
  {
    variable: "DEPLOY_COMMAND",
    stage: "deploy_failed",
    reported: ["building", "failed"],
    line: "The deploy failed in eu.",
  },
  {
    variable: "HEALTH_CHECK_COMMAND",
    stage: "health_check_failed",
    reported: ["building", "deploying", "failed"],
    line: "The health check failed in eu.",
  },
]) {
  test(`${variable} fails in one leg: the other goes on to its end`, async ({ deploy, stub }) => {
    const run = deploy({ vars: { [variable]: NOT_IN_EU } });
    await run.finish();

    expect(results(run)).toEqual(["success", "failure", "success"]);
    expect(run.result("deploy")).toBe("failure");
    expect(statusesOf(stub, EU)).toEqual(reported);
    expect(saidBy(stub, EU).at(-1)).toMatchObject({ failure_stage: stage, log_line: line });
    expect(statusesOf(stub, US)).toEqual(DEPLOYED);
  });
}

test("the smoke gate fails: no leg begins", async ({ deploy, stub }) => {
  const run = deploy({ vars: { SMOKE_COMMAND: "exit 3" } });
  await run.finish();
  expect(run.result("deploy")).toBe("skipped");
  expect(stub.statuses).toEqual(["smoke_gate_started", "failed"]);
  expect(stub.deliveries.at(-1)?.body).toMatchObject({ failure_stage: "smoke_gate_failed" });
});

test("without phase callbacks the legs report all the same", async ({ deploy, stub }) => {
  await deploy({ inputs: { phase_callbacks: "false" } }).finish();
  expect(stub.statuses).toEqual([...DEPLOYED, ...DEPLOYED]);
});

test("commands are told in which region", async ({ deploy }) => {
  const command = 'echo "told: $DEPLOY_ENVIRONMENT $DEPLOY_REGION $DEPLOY_COMMIT"';
  const run = deploy({ vars: { DEPLOY_COMMAND: command } });
  await run.finish();
  const told = run.log.lines.filter((line) => line.startsWith("told: "));
  expect(told).toEqual(["eu", "us"].map((region) => `told: production ${region} ${COMMIT}`));
});

test("a cancelled run reports neither failure nor success", async ({ deploy, stub }) => {
  const run = deploy();
  await run.through("deploy (eu)", "Deploy");
  run.cancel();
  await run.finish();
  expect(stub.statuses).toEqual([...SMOKE, "building"]);
  expect(results(run)).toEqual(["success", "cancelled", "cancelled"]);
});

test("a run that no console asked for deploys, and reports nothing", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { console_deploy_id: "" }, vars: { CONSOLE_URL: "" }, secrets: {} });
  await run.finish();
  expect(results(run)).toEqual(["success", "success", "success"]);
  expect(stub.deliveries).toEqual([]);
});
