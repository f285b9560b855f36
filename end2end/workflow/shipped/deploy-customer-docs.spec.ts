/** The workflow of a static site, which has neither a smoke gate nor a freeze check. */
import { expect, RUN_ID, SECRET, test } from "../fixtures.ts";
import { DOCS_WORKFLOW } from "../repository.ts";
import { COMMIT } from "../runner/run.ts";
import { verify } from "../stub-console.ts";

const COMMANDS = ["BUILD_COMMAND", "DEPLOY_COMMAND", "HEALTH_CHECK_COMMAND"];

test.use({
  workflow: DOCS_WORKFLOW,
  allWell: Object.fromEntries(COMMANDS.map((name) => [name, "true"])),
});

test("there is one job, and it reports nothing of gates", async ({ deploy, stub, id }) => {
  const run = deploy();
  await run.finish();

  expect(run.workflow.jobs.map((job) => job.id)).toEqual(["deploy"]);
  expect(run.result("deploy")).toBe("success");
  expect(stub.statuses).toEqual(["building", "deploying", "succeeded"]);
  for (const delivery of stub.deliveries) {
    expect(delivery.path).toBe(`/api/internal/deploys/${id}/callback`);
    expect(delivery.body).toMatchObject({ console_deploy_id: id, run_id: RUN_ID, run_attempt: 1 });
    verify(delivery, SECRET);
  }
});

test("the flag of the phase callbacks changes nothing", async ({ deploy, stub }) => {
  await deploy({ inputs: { phase_callbacks: "false" } }).finish();
  expect(stub.statuses).toEqual(["building", "deploying", "succeeded"]);
});

test("from the check-out on, each report says which commit", async ({ deploy, stub }) => {
  // Not the commit of the workflow.
  const published = COMMIT.replaceAll("5", "7");
  await deploy({ resolveRef: () => published }).finish();
  expect(stub.commits).toEqual([
    ["building", undefined],
    ["deploying", published],
    ["succeeded", published],
  ]);
});

const BEFORE_HEALTH = ["building", "failed"];
for (const { variable, stage, reported } of [
  { variable: "BUILD_COMMAND", stage: "deploy_failed", reported: BEFORE_HEALTH },
  { variable: "DEPLOY_COMMAND", stage: "deploy_failed", reported: BEFORE_HEALTH },
  {
    variable: "HEALTH_CHECK_COMMAND",
    stage: "health_check_failed",
    reported: ["building", "deploying", "failed"],
  },
]) {
  for (const [how, command] of Object.entries({ fails: "exit 3", "is not set": " " })) {
    test(`${variable} ${how}: ${stage} is reported`, async ({ deploy, stub }) => {
      const run = deploy({ vars: { [variable]: command } });
      await run.finish();

      expect(run.result("deploy")).toBe("failure");
      expect(stub.statuses).toEqual(reported);
      expect(stub.deliveries.at(-1)?.body).toMatchObject({ failure_stage: stage });
      expect(stub.commits.at(-1)).toEqual(["failed", COMMIT]);
    });
  }
}

test("a ref that does not exist is a failure of the deploy", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { git_ref: "no-such-branch" }, resolveRef: () => undefined });
  await run.finish();
  expect(stub.statuses).toEqual(BEFORE_HEALTH);
  expect(stub.commits.at(-1)).toEqual(["failed", undefined]);
  expect(run.log.annotations).not.toContainEqual(expect.objectContaining({ level: "warning" }));
  expect(stub.deliveries.at(-1)?.body).toMatchObject({ failure_stage: "deploy_failed" });
});

test("commands are told what is published, and where", async ({ deploy }) => {
  const command = 'echo "told: $DEPLOY_ENVIRONMENT $DEPLOY_GIT_REF $DEPLOY_COMMIT"';
  const run = deploy({ vars: Object.fromEntries(COMMANDS.map((name) => [name, command])) });
  await run.finish();

  const told = run.log.lines.filter((line) => line.startsWith("told: "));
  expect(told).toEqual(Array(3).fill(`told: production main ${COMMIT}`));
});

test("a run that no console asked for publishes, and reports nothing", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { console_deploy_id: "" }, vars: { CONSOLE_URL: "" }, secrets: {} });
  await run.finish();

  expect(run.result("deploy")).toBe("success");
  expect(stub.deliveries).toEqual([]);
  expect(run.title).toBe("Deploy main to production (by hand)");
});

test("a console that is away does not fail a deploy", async ({ deploy, stub }) => {
  const run = deploy();
  await stub.stop();
  await run.finish();
  expect(run.result("deploy")).toBe("success");
});

test("a cancelled run reports neither failure nor success", async ({ deploy, stub }) => {
  const run = deploy();
  await run.through("deploy", "Build");
  run.cancel();
  await run.finish();
  expect(stub.statuses).toEqual(["building"]);
});

test("the title carries the deploy's id, and one environment is published at a time", ({
  deploy,
  id,
}) => {
  const run = deploy();
  expect(run.title).toBe(`Deploy main to production (${id})`);
  expect(run.concurrencyGroup).toBe("deploy-customer-docs-production");
});
