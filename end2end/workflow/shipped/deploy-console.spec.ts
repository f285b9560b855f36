/** The real workflow, with its real actions, run against a stub of the console. */
import { readFileSync } from "node:fs";

import { expect, RUN_ID, SECRET, test } from "../fixtures.ts";
import { COMMIT, type WorkflowRun } from "../runner/run.ts";
import { APPLIED, verify } from "../stub-console.ts";

const ALL_WELL = {
  SMOKE_COMMAND: "true",
  FREEZE_CHECK_COMMAND: "true",
  BUILD_COMMAND: "true",
  DEPLOY_COMMAND: "true",
  HEALTH_CHECK_COMMAND: "true",
};
const SMOKE = ["smoke_gate_started", "smoke_gate_passed"];
const FREEZE = ["freeze_check_started", "freeze_check_passed"];

test.use({ allWell: ALL_WELL });

function results(run: WorkflowRun) {
  return {
    smoke: run.result("smoke"),
    "freeze-check": run.result("freeze-check"),
    deploy: run.result("deploy"),
  };
}

test("a production deploy reports every status, in order, signed", async ({ deploy, stub, id }) => {
  const run = deploy();
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "success", deploy: "success" });
  expect(stub.statuses).toEqual([...SMOKE, ...FREEZE, "building", "deploying", "succeeded"]);
  for (const delivery of stub.deliveries) {
    expect(delivery.path).toBe(`/api/internal/deploys/${id}/callback`);
    expect(delivery.body).toMatchObject({ console_deploy_id: id, run_id: RUN_ID, run_attempt: 1 });
    expect(delivery.body).not.toHaveProperty("failure_stage");
    verify(delivery, SECRET);
  }
  expect(new Set(stub.deliveries.map((delivery) => delivery.id)).size).toBe(7);
});

test("a staging deploy has no freeze check, and is deployed all the same", async ({
  deploy,
  stub,
}) => {
  const run = deploy({ inputs: { environment: "staging" } });
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "skipped", deploy: "success" });
  expect(stub.statuses).toEqual([...SMOKE, "building", "deploying", "succeeded"]);
});

test("without phase callbacks the older statuses are still reported", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { phase_callbacks: "false" } });
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "success", deploy: "success" });
  expect(stub.statuses).toEqual(["building", "deploying", "succeeded"]);
});

const FROZEN = {
  outcome: "applied",
  freeze: {
    verdict: "frozen",
    holds: [{ reason: 'the "fair"\nfreeze=open', declared_by: "somebody", until: null }],
    opens_at: null,
  },
};

test("what the console has frozen since is not deployed", async ({ deploy, stub }) => {
  stub.willAnswer(APPLIED, APPLIED, { status: 200, body: JSON.stringify(FROZEN) });
  const run = deploy();
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "failure", deploy: "skipped" });
  expect(stub.statuses).toEqual([...SMOKE, "freeze_check_started", "failed"]);
  expect(stub.deliveries.at(-1)?.body).toMatchObject({
    failure_stage: "freeze_check_failed",
    log_line: 'Frozen: the \\"fair\\"\\nfreeze=open',
  });
});

for (const verdict of ["open", "overridden", "of_tomorrow"]) {
  test(`a verdict ${verdict} goes on to the check of the repository`, async ({ deploy, stub }) => {
    const body = JSON.stringify({ outcome: "repeated", freeze: { verdict, reason: "because" } });
    stub.willAnswer(APPLIED, APPLIED, { status: 200, body });
    const run = deploy({ vars: { FREEZE_CHECK_COMMAND: "false" } });
    await run.finish();

    expect(run.result("freeze-check")).toBe("failure");
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ log_line: "The freeze check failed." });
  });
}

test("from the check-out on, each report says which commit, though the branch has moved", async ({
  deploy,
  stub,
}) => {
  // Neither the commit of the workflow, which the freeze rules are of, nor that of the branch by now.
  const gated = COMMIT.replaceAll("5", "7");
  const moved = COMMIT.replaceAll("5", "9");
  let isMoved = false;
  const resolveRef = (ref: string) => {
    if (ref !== "main") return ref === "HEAD" ? COMMIT : ref;
    const commit = isMoved ? moved : gated;
    isMoved = true;
    return commit;
  };
  const run = deploy({ resolveRef });
  await run.finish();

  expect(stub.commits).toEqual([
    ["smoke_gate_started", undefined],
    ["smoke_gate_passed", gated],
    ["freeze_check_started", gated],
    ["freeze_check_passed", gated],
    ["building", gated],
    ["deploying", gated],
    ["succeeded", gated],
  ]);
  expect(run.log.annotations).toEqual([]);
});

const FAILURES = [
  {
    variable: "SMOKE_COMMAND",
    stage: "smoke_gate_failed",
    reported: ["smoke_gate_started", "failed"],
    expected: { smoke: "failure", "freeze-check": "skipped", deploy: "skipped" },
  },
  {
    variable: "FREEZE_CHECK_COMMAND",
    stage: "freeze_check_failed",
    reported: [...SMOKE, "freeze_check_started", "failed"],
    expected: { smoke: "success", "freeze-check": "failure", deploy: "skipped" },
  },
  {
    variable: "BUILD_COMMAND",
    stage: "deploy_failed",
    reported: [...SMOKE, ...FREEZE, "building", "failed"],
    expected: { smoke: "success", "freeze-check": "success", deploy: "failure" },
  },
  {
    variable: "DEPLOY_COMMAND",
    stage: "deploy_failed",
    reported: [...SMOKE, ...FREEZE, "building", "failed"],
    expected: { smoke: "success", "freeze-check": "success", deploy: "failure" },
  },
  {
    variable: "HEALTH_CHECK_COMMAND",
    stage: "health_check_failed",
    reported: [...SMOKE, ...FREEZE, "building", "deploying", "failed"],
    expected: { smoke: "success", "freeze-check": "success", deploy: "failure" },
  },
];

for (const { variable, stage, reported, expected } of FAILURES) {
  test(`${variable} fails: ${stage} is reported, and nothing comes after`, async ({
    deploy,
    stub,
  }) => {
    const run = deploy({ vars: { [variable]: "exit 3" } });
    await run.finish();

    expect(results(run)).toEqual(expected);
    expect(stub.statuses).toEqual(reported);
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ status: "failed", failure_stage: stage });
    expect(stub.commits.at(-1)).toEqual(["failed", COMMIT]);
  });

  test(`${variable} fails: that is reported without phase callbacks too`, async ({
    deploy,
    stub,
  }) => {
    await deploy({ vars: { [variable]: "exit 3" }, inputs: { phase_callbacks: "false" } }).finish();

    expect(stub.deliveries.at(-1)?.body).toMatchObject({ status: "failed", failure_stage: stage });
    expect(stub.statuses).not.toContain("smoke_gate_started");
    expect(stub.statuses).not.toContain("freeze_check_started");
  });

  test(`${variable} is not set: the gate fails, and says which variable`, async ({
    deploy,
    stub,
  }) => {
    const run = deploy({ vars: { [variable]: " " } });
    await run.finish();

    expect(results(run)).toEqual(expected);
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ status: "failed", failure_stage: stage });
    expect(run.log.annotations).toContainEqual(
      expect.objectContaining({ level: "error", title: `${variable} is not set` }),
    );
  });
}

test("on staging too, nothing is deployed that did not pass the smoke gate", async ({
  deploy,
  stub,
}) => {
  const run = deploy({ inputs: { environment: "staging" }, vars: { SMOKE_COMMAND: "exit 1" } });
  await run.finish();

  expect(results(run)).toEqual({ smoke: "failure", "freeze-check": "skipped", deploy: "skipped" });
  expect(stub.statuses).toEqual(["smoke_gate_started", "failed"]);
});

test("a command that fails in its middle fails", async ({ deploy, stub }) => {
  await deploy({ vars: { SMOKE_COMMAND: "false | cat\necho reached" } }).finish();
  expect(stub.statuses.at(-1)).toBe("failed");
});

test("a ref that does not exist is a failure of the smoke gate", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { git_ref: "no-such-branch" }, resolveRef: () => undefined });
  await run.finish();

  expect(run.ran("smoke")).not.toContain("Run the smoke gate");
  expect(stub.deliveries.at(-1)?.body).toMatchObject({ failure_stage: "smoke_gate_failed" });
  expect(stub.commits.at(-1)).toEqual(["failed", undefined]);
  expect(run.log.annotations).not.toContainEqual(expect.objectContaining({ level: "warning" }));
});

test("what is deployed is the commit that passed the gate, though the branch has moved", async ({
  deploy,
}, testInfo) => {
  const moved = COMMIT.replaceAll("5", "7");
  const checkedOut: string[] = [];
  const resolveRef = (ref: string) => {
    const commit = ref !== "main" ? ref : checkedOut.length === 0 ? COMMIT : moved;
    checkedOut.push(commit);
    return commit;
  };
  const deployed = testInfo.outputPath("deployed");

  await deploy({
    resolveRef,
    vars: { DEPLOY_COMMAND: `echo "$DEPLOY_COMMIT" > '${deployed}'` },
  }).finish();

  // In between, the freeze check took the rules of the workflow's own commit.
  expect(checkedOut).toEqual([COMMIT, "HEAD", COMMIT]);
  expect(readFileSync(deployed, "utf8").trim()).toBe(COMMIT);
});

test("commands are told what is deployed, and where", async ({ deploy }) => {
  const command = 'echo "told: $DEPLOY_ENVIRONMENT $DEPLOY_GIT_REF $DEPLOY_COMMIT"';
  const vars = Object.fromEntries(Object.keys(ALL_WELL).map((name) => [name, command]));
  const run = deploy({ vars, inputs: { environment: "production", git_ref: "release/1.2" } });
  await run.finish();

  const told = run.log.lines.filter((line) => line.startsWith("told: "));
  expect(told).toEqual(Array(5).fill(`told: production release/1.2 ${COMMIT}`));
});

test("a console that is away does not fail a deploy", async ({ deploy, stub }) => {
  const run = deploy();
  await stub.stop();
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "success", deploy: "success" });
  const lost = run.steps.filter(({ outcome }) => outcome === "failure");
  expect(lost).toHaveLength(7);
  expect(run.log.annotations).toHaveLength(7);
});

test("a console that refuses every callback does not fail a deploy", async ({ deploy, stub }) => {
  stub.willAnswer(...Array(7).fill({ status: 422, body: '{"code":"not_a_callback_status"}' }));
  const run = deploy();
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "success", deploy: "success" });
  expect(stub.deliveries).toHaveLength(7);
});

test("a run that no console asked for deploys, and reports nothing", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { console_deploy_id: "" }, vars: { CONSOLE_URL: "" }, secrets: {} });
  await run.finish();

  expect(results(run)).toEqual({ smoke: "success", "freeze-check": "success", deploy: "success" });
  expect(stub.deliveries).toEqual([]);
  expect(run.title).toBe("Deploy main to production (by hand)");
});

test("a cancelled run reports neither failure nor success", async ({ deploy, stub }) => {
  const run = deploy();
  await run.through("freeze-check", "Report that the freeze check started");
  run.cancel();
  await run.finish();

  expect(results(run)).toEqual({
    smoke: "success",
    "freeze-check": "cancelled",
    deploy: "cancelled",
  });
  expect(stub.statuses).toEqual([
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
  ]);
});

test("the title carries the deploy's id, and one environment is deployed to at a time", ({
  deploy,
  id,
}) => {
  const production = deploy();
  expect(production.title).toBe(`Deploy main to production (${id})`);
  expect(production.concurrencyGroup).toBe("deploy-console-production");
  expect(deploy({ inputs: { environment: "staging" } }).concurrencyGroup).toBe(
    "deploy-console-staging",
  );
});

test("inputs are data, whatever they hold", async ({ deploy, stub }, testInfo) => {
  const marker = testInfo.outputPath("marker");
  const git_ref = `"; touch '${marker}'; $(touch '${marker}') \`touch '${marker}'\``;
  await deploy({ inputs: { git_ref } }).finish();

  expect(() => readFileSync(marker)).toThrow();
  expect(stub.statuses.at(-1)).toBe("succeeded");
});

test("the secret is in no line of the log", async ({ deploy }) => {
  const run = deploy({ vars: { SMOKE_COMMAND: "env" } });
  await run.finish();
  expect(run.log.text).toContain("DEPLOY_ENVIRONMENT");
  expect(run.log.text).not.toContain(SECRET.slice(6));
  // Masked is not enough: a command must not even have it.
  expect(run.log.text).not.toContain("***");
});
