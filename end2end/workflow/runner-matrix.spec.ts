/** The runner carries out each leg of a matrix, and counts them as GitHub does. */
import { expect, FAILS, job, MARK, step, test } from "./runner-fixtures.ts";

const REGIONS = "    strategy: { matrix: { region: [eu, us] } }\n";
const PATIENT = "    strategy: { fail-fast: false, matrix: { region: [eu, us] } }\n";
const IN_EU = step("Fail in eu", "exit 1", "        if: matrix.region == 'eu'\n");

test("each leg has its values, its index and their number", async ({ runOf }) => {
  const tell = step(
    "Tell",
    "echo ${{ matrix.region }} ${{ strategy.job-index }} of ${{ strategy.job-total }} $GITHUB_JOB",
  );
  const run = runOf(job("one", tell, REGIONS));
  await run.finish();
  expect(run.log.lines).toEqual(["eu 0 of 2 one", "us 1 of 2 one"]);
  expect(run.steps.map((report) => report.job)).toEqual(["one (eu)", "one (us)"]);
});

test("without a matrix a job is the one of one", async ({ runOf }) => {
  const run = runOf(job("one", step("Tell", "echo ${{ strategy.job-index }} ${{ strategy.job-total }}")));
  await run.finish();
  expect(run.log.lines).toEqual(["0 1"]);
});

test("the first variable counts slowest", async ({ runOf }) => {
  const more = "    strategy: { matrix: { size: [1, 2], debug: [true, false] } }\n";
  const run = runOf(job("one", MARK, more));
  await run.finish();
  const names = run.steps.map((report) => report.job);
  expect(names).toEqual(["one (1, true)", "one (1, false)", "one (2, true)", "one (2, false)"]);
});

test("a leg that fails cancels the others, unless `fail-fast` is off", async ({ runOf }) => {
  const hasty = runOf(job("one", IN_EU + MARK, REGIONS));
  const patient = runOf(job("one", IN_EU + MARK, PATIENT));
  await Promise.all([hasty.finish(), patient.finish()]);
  const results = ["one (eu)", "one (us)", "one"];
  expect(results.map((leg) => hasty.result(leg))).toEqual(["failure", "cancelled", "failure"]);
  expect(results.map((leg) => patient.result(leg))).toEqual(["failure", "success", "failure"]);
});

test("a job that needs one with legs begins after all, and sees one result", async ({ runOf }) => {
  const set = step("Set", "echo at=${{ matrix.region }} >> $GITHUB_OUTPUT", "        id: set\n");
  const outputs = "    outputs:\n      at: ${{ steps.set.outputs.at }}\n";
  const tell = step("Tell", "echo ${{ needs.one.result }} ${{ needs.one.outputs.at }}");
  const run = runOf(job("two", tell, "    needs: one\n") + job("one", set, REGIONS + outputs));
  await run.finish();
  expect(run.log.lines).toEqual(["success us"]);
});

test("a job that is skipped has no legs", async ({ runOf }) => {
  const run = runOf(job("one", MARK, REGIONS + "    if: inputs.flag\n"));
  await run.finish();
  expect(run.result("one")).toBe("skipped");
  expect(() => run.result("one (eu)")).toThrow("has not ended");
});

test("no leg finds the files of another", async ({ runOf }) => {
  const run = runOf(job("one", step("Look", "ls; touch file"), REGIONS));
  await run.finish();
  expect(run.log.lines).toEqual([]);
});

test("the condition of a job knows no matrix", async ({ runOf }) => {
  const run = async () =>
    runOf(job("one", FAILS, REGIONS + "    if: matrix.region == 'eu'\n")).finish();
  await expect(run()).rejects.toThrow("matrix");
});
