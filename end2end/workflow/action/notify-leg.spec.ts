/** What the action says of the legs of a matrix. */
import { verify } from "../stub-console.ts";
import { expect, SECRET, test } from "./fixtures.ts";

test("a leg is sent with its index, their number and its name", async ({ notify, stub, id }) => {
  const { exitCode } = await notify({
    NOTIFY_LEG_INDEX: "0",
    NOTIFY_LEG_TOTAL: "3",
    NOTIFY_LEG_NAME: 'eu "west"',
  });

  expect(exitCode).toBe(0);
  expect(stub.deliveries[0]!.body).toEqual({
    console_deploy_id: id,
    status: "building",
    leg: { index: 0, total: 3, name: 'eu "west"' },
  });
  verify(stub.deliveries[0]!, SECRET);
});

test("a leg need not have a name, and a long one is cut", async ({ notify, stub }) => {
  const leg = { NOTIFY_LEG_INDEX: "08", NOTIFY_LEG_TOTAL: "09" };
  await notify(leg);
  await notify({ ...leg, NOTIFY_LEG_NAME: "ä".repeat(101) });
  expect(stub.deliveries.map(({ body }) => body["leg"])).toEqual([
    { index: 8, total: 9 },
    { index: 8, total: 9, name: "ä".repeat(100) },
  ]);
});

for (const [name, leg] of Object.entries({
  "no leg": {},
  "a job without a matrix": { NOTIFY_LEG_INDEX: "0", NOTIFY_LEG_TOTAL: "1" },
  "a name alone": { NOTIFY_LEG_NAME: "eu" },
  "a total of nothing": { NOTIFY_LEG_INDEX: "0", NOTIFY_LEG_TOTAL: "0" },
})) {
  test(`the status is the whole deploy's: ${name}`, async ({ notify, stub, id }) => {
    const { exitCode, output } = await notify(leg);
    expect(exitCode).toBe(0);
    expect(stub.deliveries[0]!.body).toEqual({ console_deploy_id: id, status: "building" });
    expect(output).not.toContain("::");
  });
}

// Without its leg, the status would be that of the whole deploy.
for (const [name, leg] of Object.entries({
  "an index too many": { NOTIFY_LEG_INDEX: "2", NOTIFY_LEG_TOTAL: "2" },
  "an index that is missing": { NOTIFY_LEG_TOTAL: "2" },
  "an index below 0": { NOTIFY_LEG_INDEX: "-1", NOTIFY_LEG_TOTAL: "2" },
  "a word for an index": { NOTIFY_LEG_INDEX: "a[$(id)]", NOTIFY_LEG_TOTAL: "2" },
  "a word for a total": { NOTIFY_LEG_INDEX: "0", NOTIFY_LEG_TOTAL: "two" },
  "a total of many digits": { NOTIFY_LEG_INDEX: "0", NOTIFY_LEG_TOTAL: "99999999999999999999" },
})) {
  test(`what is no leg is not sent: ${name}`, async ({ notify, stub }) => {
    const { exitCode, output } = await notify(leg);
    expect(exitCode).toBe(2);
    expect(output).toMatch(/^::error title=Deploy status not delivered::leg_index [^\n]*\n$/);
    expect(stub.deliveries).toEqual([]);
  });
}
