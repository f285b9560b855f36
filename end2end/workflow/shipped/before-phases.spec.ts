/** A workflow of before the phase callbacks: what it reports, and which dispatch GitHub refuses. */
import { expect, SECRET, test } from "../fixtures.ts";
import { BEFORE_PHASES_WORKFLOW } from "../repository.ts";
import { DispatchRefused } from "../runner/inputs.ts";
import { verify } from "../stub-console.ts";

const COMMANDS = [
  "SMOKE_COMMAND",
  "FREEZE_CHECK_COMMAND",
  "BUILD_COMMAND",
  "DEPLOY_COMMAND",
  "HEALTH_CHECK_COMMAND",
];
/** The three inputs of before. */
const THREE = { phase_callbacks: undefined };

test.use({
  workflow: BEFORE_PHASES_WORKFLOW,
  allWell: Object.fromEntries(COMMANDS.map((name) => [name, "true"])),
});

test("with its three inputs it deploys and reports", async ({ deploy, stub, id }) => {
  const run = deploy({ inputs: THREE });
  await run.finish();

  for (const job of ["smoke", "freeze-check", "deploy"]) {
    expect(run.result(job), job).toBe("success");
  }
  expect(stub.statuses).toEqual(["building", "deploying", "succeeded"]);
  for (const delivery of stub.deliveries) {
    expect(delivery.body).toMatchObject({ console_deploy_id: id });
    expect(delivery.body).not.toHaveProperty("commit");
    verify(delivery, SECRET);
  }
  expect(run.title).toBe(`Deploy main to production (${id})`);
});

test("on staging the freeze check is skipped", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { ...THREE, environment: "staging" } });
  await run.finish();

  expect(run.result("freeze-check")).toBe("skipped");
  expect(stub.statuses).toEqual(["building", "deploying", "succeeded"]);
});

for (const { variable, stage, reported } of [
  { variable: "SMOKE_COMMAND", stage: "smoke_gate_failed", reported: [] },
  { variable: "FREEZE_CHECK_COMMAND", stage: "freeze_check_failed", reported: [] },
  { variable: "DEPLOY_COMMAND", stage: "deploy_failed", reported: ["building"] },
  {
    variable: "HEALTH_CHECK_COMMAND",
    stage: "health_check_failed",
    reported: ["building", "deploying"],
  },
]) {
  test(`${variable} fails: ${stage} is reported`, async ({ deploy, stub }) => {
    await deploy({ inputs: THREE, vars: { [variable]: "exit 3" } }).finish();

    expect(stub.statuses).toEqual([...reported, "failed"]);
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ failure_stage: stage });
  });
}

for (const flag of ["true", "false"]) {
  test(`with phase_callbacks ${flag} GitHub refuses the dispatch`, ({ deploy, stub }) => {
    const refusal = new DispatchRefused('Unexpected inputs provided: ["phase_callbacks"]');
    expect(() => deploy({ inputs: { phase_callbacks: flag } })).toThrow(refusal);
    expect(stub.deliveries).toEqual([]);
  });
}
