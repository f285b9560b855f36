/** A workflow of two apps, with inputs of their own: a choice, a boolean and text. */
import { existsSync } from "node:fs";

import { expect, test } from "../fixtures.ts";
import { TWO_APPS_WORKFLOW } from "../repository.ts";
import { DispatchRefused } from "../runner/inputs.ts";

const TELL = 'echo "told: $APP $ROLLOUT [$NOTE]"';
const DEPLOYED = ["building", "deploying", "succeeded"];
const SHOP = { app: "shop" };

test.use({
  workflow: TWO_APPS_WORKFLOW,
  allWell: { MIGRATE_COMMAND: "echo migrated", DEPLOY_COMMAND: TELL, HEALTH_CHECK_COMMAND: "true" },
});

test("the title says which app, and each app waits for itself alone", ({ deploy, id }) => {
  const shop = deploy({ inputs: SHOP });
  const office = deploy({ inputs: { app: "back-office" } });
  expect(shop.title).toBe(`Deploy shop main to production (${id})`);
  expect(office.title).toBe(`Deploy back-office main to production (${id})`);
  expect(shop.concurrencyGroup).toBe("deploy-shop-production");
  expect(office.concurrencyGroup).toBe("deploy-back-office-production");
});

test("without the inputs of the form their defaults hold", async ({ deploy, stub }) => {
  const run = deploy({ inputs: SHOP });
  await run.finish();
  expect(run.log.lines).toContain("told: shop all []");
  expect(run.log.lines).not.toContain("migrated");
  expect(stub.statuses).toEqual(DEPLOYED);
});

test("a choice, a boolean and text reach the commands", async ({ deploy, stub }) => {
  const run = deploy({ inputs: { ...SHOP, rollout: "canary", migrate: "true", note: "a b" } });
  await run.finish();
  expect(run.log.lines).toContain("told: shop canary [a b]");
  expect(run.log.lines).toContain("migrated");
  expect(stub.statuses).toEqual(DEPLOYED);
});

test("a boolean that is false is not taken for text", async ({ deploy }) => {
  const run = deploy({ inputs: { ...SHOP, migrate: "false" } });
  await run.finish();
  expect(run.log.lines).not.toContain("migrated");
});

test("text is data, whatever it holds", async ({ deploy, stub }, testInfo) => {
  const marker = testInfo.outputPath("marker");
  const note = `"; touch '${marker}'; $(touch '${marker}') \`touch '${marker}'\``;
  await deploy({ inputs: { ...SHOP, note } }).finish();
  expect(existsSync(marker)).toBe(false);
  expect(stub.statuses).toEqual(DEPLOYED);
});

for (const [name, inputs, message] of [
  ["no app", {}, "Required input 'app' not provided"],
  ["an app that is none", { app: "none" }, "Provided value 'none' for input 'app' not in the list"],
  ["a word for a boolean", { ...SHOP, migrate: "yes" }, "Provided value 'yes' for input 'migrate'"],
  ["an input that is not declared", { ...SHOP, speed: "1" }, 'Unexpected inputs provided: ["speed"]'],
] as const) {
  test(`GitHub refuses the dispatch: ${name}`, ({ deploy }) => {
    const dispatch = () => deploy({ inputs });
    expect(dispatch).toThrow(DispatchRefused);
    expect(dispatch).toThrow(message);
  });
}

for (const [variable, stage] of [
  ["MIGRATE_COMMAND", "deploy_failed"],
  ["DEPLOY_COMMAND", "deploy_failed"],
  ["HEALTH_CHECK_COMMAND", "health_check_failed"],
] as const) {
  test(`${variable} fails: ${stage} is reported`, async ({ deploy, stub }) => {
    await deploy({ inputs: { ...SHOP, migrate: "true" }, vars: { [variable]: "exit 3" } }).finish();
    expect(stub.deliveries.at(-1)?.body).toMatchObject({ status: "failed", failure_stage: stage });
  });
}
