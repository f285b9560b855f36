/** The runner against small workflows: what it does has to be what GitHub does. */
import {
  BY_SIZE,
  CHECKOUT,
  DISPATCH,
  expect,
  FAILS,
  job,
  MARK,
  PUSH,
  step,
  test,
} from "./runner-fixtures.ts";
import { DispatchRefused } from "./runner/inputs.ts";
import { COMMIT } from "./runner/run.ts";

test("after a failure the other steps are skipped, but for those that ask for it", async ({
  runOf,
}) => {
  const run = runOf(
    job(
      "one",
      FAILS +
        MARK +
        step("On failure", "true", "        if: failure()\n") +
        step("Unless cancelled", "true", "        if: ${{ !cancelled() }}\n") +
        step("On success", "true", "        if: success()\n"),
    ),
  );
  await run.finish();
  expect(run.result("one")).toBe("failure");
  expect(run.ran("one")).toEqual(["Fail", "On failure", "Unless cancelled"]);
});

test("continue-on-error turns the conclusion, not the outcome", async ({ runOf }) => {
  const forgiven = step(
    "Forgiven",
    "exit 1",
    "        id: forgiven\n        continue-on-error: true\n",
  );
  const tell = step("Tell", "echo ${{ steps.forgiven.outcome }}/${{ steps.forgiven.conclusion }}");
  const run = runOf(job("one", forgiven + tell));

  const report = await run.through("one", "Forgiven");
  expect(report).toMatchObject({ outcome: "failure", conclusion: "success" });
  await run.finish();
  expect(run.log.lines).toEqual(["failure/success"]);
  expect(run.result("one")).toBe("success");
});

test("continue-on-error may be an expression", async ({ runOf }) => {
  const more = "        continue-on-error: ${{ inputs.flag }}\n";
  const forgiving = runOf(job("one", step("Fail", "exit 1", more)), { inputs: { flag: "true" } });
  const strict = runOf(job("one", step("Fail", "exit 1", more)));
  await Promise.all([forgiving.finish(), strict.finish()]);
  expect(forgiving.result("one")).toBe("success");
  expect(strict.result("one")).toBe("failure");
});

test("a condition sees booleans as booleans", async ({ runOf }) => {
  const steps = step("If set", "true", "        if: inputs.flag\n") + MARK;
  const off = runOf(job("one", steps), { inputs: { flag: "false" } });
  const on = runOf(job("one", steps), { inputs: { flag: "true" } });
  await Promise.all([off.finish(), on.finish()]);
  expect(off.ran("one")).toEqual(["Mark"]);
  expect(on.ran("one")).toEqual(["If set", "Mark"]);
});

test("a job whose need was skipped is skipped, unless its condition asks for a status", async ({
  runOf,
}) => {
  const run = runOf(
    job("first", MARK, "    if: inputs.flag\n") +
      job("implicit", MARK, "    needs: first\n") +
      job("plain", MARK, "    needs: first\n    if: inputs.size == 'small'\n") +
      job("explicit", MARK, "    needs: first\n    if: ${{ !cancelled() }}\n"),
  );
  await run.finish();
  for (const id of ["first", "implicit", "plain"]) expect(run.result(id), id).toBe("skipped");
  expect(run.result("explicit")).toBe("success");
});

test("a job after a failed one is skipped, unless it asks for the failure", async ({ runOf }) => {
  const run = runOf(
    job("first", FAILS) +
      job("second", MARK, "    needs: first\n") +
      job("third", MARK, "    needs: [first, second]\n    if: failure()\n"),
  );
  await run.finish();
  expect(run.result("second")).toBe("skipped");
  expect(run.result("third")).toBe("success");
});

test("jobs run in the order of their needs, not of the file", async ({ runOf }) => {
  const run = runOf(job("last", MARK, "    needs: first\n") + job("first", MARK));
  await run.finish();
  expect(run.steps.map((report) => report.job)).toEqual(["first", "last"]);
});

test("outputs reach later steps, the job's outputs and the jobs that need it", async ({
  runOf,
}) => {
  const set = step("Set", "echo commit=abc >> $GITHUB_OUTPUT", "        id: set\n");
  const outputs = "    outputs:\n      commit: ${{ steps.set.outputs.commit }}\n";
  const run = runOf(
    job("first", set, outputs) +
      job(
        "second",
        step("Tell", "echo got ${{ needs.first.outputs.commit }}"),
        "    needs: first\n",
      ),
  );
  await run.finish();
  expect(run.log.lines).toEqual(["got abc"]);
});

test("the nearest env wins", async ({ runOf }) => {
  const run = runOf(
    job("one", step("Workflow", "echo $LEVEL")) +
      job(
        "two",
        step("Job", "echo $LEVEL ${{ env.LEVEL }}") +
          step("Step", "echo $LEVEL ${{ env.LEVEL }}", "        env:\n          LEVEL: step\n"),
        "    env:\n      LEVEL: job\n",
      ),
  );
  await run.finish();
  expect(run.log.lines).toEqual(["workflow", "job job", "step step"]);
});

test("the default shell lets a pipe fail unseen; `shell: bash` does not", async ({ runOf }) => {
  const run = runOf(
    job("one", step("Default", "false | true")) +
      job("two", step("Bash", "false | true", "        shell: bash\n")),
  );
  await run.finish();
  expect(run.result("one")).toBe("success");
  expect(run.result("two")).toBe("failure");
});

test("scripts see the runner's variables, and nothing of this process", async ({ runOf }) => {
  process.env["NOT_FOR_SCRIPTS"] = "leaked";
  const run = runOf(job("one", step("Tell", "env")), { runId: 77, runAttempt: 3 });
  await run.finish();
  expect(run.log.text).toContain("GITHUB_RUN_ID=77");
  expect(run.log.text).toContain("GITHUB_RUN_ATTEMPT=3");
  expect(run.log.text).not.toContain("NOT_FOR_SCRIPTS");
});

test("a step that takes too long has failed", async ({ runOf }) => {
  const run = runOf(job("one", step("Hang", "exec sleep 60", "        timeout-minutes: 0.002\n")));
  await run.finish();
  expect(run.result("one")).toBe("failure");
});

test("a cancelled run skips what is left, and says that it was cancelled", async ({ runOf }) => {
  const run = runOf(
    job(
      "one",
      step("First", "true") + MARK + step("On failure", "true", "        if: failure()\n"),
    ) + job("two", MARK, "    needs: one\n"),
  );
  await run.through("one", "First");
  run.cancel();
  await run.finish();
  expect(run.ran("one")).toEqual(["First"]);
  expect([run.result("one"), run.result("two")]).toEqual(["cancelled", "cancelled"]);
});

test("secrets and masked values are hidden in the log", async ({ runOf }) => {
  const run = runOf(job("one", step("Tell", "echo a-secret; echo ::add-mask::later; echo later")), {
    secrets: { TOKEN: "a-secret" },
  });
  await run.finish();
  expect(run.log.lines).toEqual(["***", "***"]);
});

test("no job finds the files of another", async ({ runOf }) => {
  const run = runOf(
    job("one", step("Write", "touch file")) + job("two", step("Look", "ls"), "    needs: one\n"),
  );
  await run.finish();
  expect(run.log.lines).toEqual([]);
});

test("a shell may be a command line", async ({ runOf }) => {
  const shell = "        shell: /bin/sh -e {0}\n";
  const run = runOf(job("one", step("Line", "echo $-; false | true; false; echo no", shell)));
  await run.finish();
  expect(run.log.lines).toEqual(["e"]);
  expect(run.result("one")).toBe("failure");
});

test("inputs that are declared are taken", ({ runOf }) => {
  expect(runOf(job("one", MARK), { inputs: { word: "given", size: "large" } })).toMatchObject({
    title: "Run given",
    concurrencyGroup: "large",
  });
});

test("a queue is refused where runs that are under way are cancelled", ({ runOf }) => {
  const concurrency = `${BY_SIZE}\n  cancel-in-progress: true\n  queue: max`;
  expect(() => runOf(job("one", MARK), { concurrency })).toThrow("takes no `queue: max`");
});

test("an Enterprise server does not know a queue", ({ runOf }) => {
  const concurrency = `${BY_SIZE}\n  queue: max`;
  const run = () => runOf(job("one", MARK), { concurrency, host: "enterprise" });
  expect(run).toThrow("does not know `queue`");
});

/** What GitHub answers with 422, word for word. */
const REFUSED: Record<string, [inputs: Record<string, string>, message: string]> = {
  "an undeclared name": [{ other: "x" }, 'Unexpected inputs provided: ["other"]'],
  "several undeclared names": [
    { other: "x", word: "y", "an other": "z" },
    'Unexpected inputs provided: ["other", "an other"]',
  ],
  "an undeclared name before a wrong value": [
    { size: "huge", other: "x" },
    'Unexpected inputs provided: ["other"]',
  ],
  "a choice outside its options": [
    { size: "huge" },
    "Provided value 'huge' for input 'size' not in the list of allowed values",
  ],
  "a word for a boolean": [
    { flag: "yes" },
    "Provided value 'yes' for input 'flag' not in the list of allowed values",
  ],
};
for (const [name, [inputs, message]] of Object.entries(REFUSED)) {
  test(`a dispatch with ${name} is refused`, ({ runOf }) => {
    expect(refusal(() => runOf(job("one", MARK), { inputs }))).toEqual({ status: 422, message });
  });
}

for (const [name, inputs] of Object.entries({ missing: {}, empty: { place: "" } })) {
  test(`a dispatch whose required input is ${name} is refused`, ({ runOf }) => {
    const on = "\n  workflow_dispatch: { inputs: { place: { type: string, required: true } } }\n";
    const run = () => runOf(job("one", MARK), { on, inputs });
    const message = "Required input 'place' not provided";
    expect(refusal(run)).toEqual({ status: 422, message });
  });
}

test("a workflow without a dispatch cannot be dispatched", ({ runOf }) => {
  const message = "Workflow does not have 'workflow_dispatch' trigger";
  expect(refusal(() => runOf(job("one", MARK), { on: PUSH }))).toEqual({ status: 422, message });
});

function refusal(dispatch: () => unknown): { status: number; message: string } | undefined {
  try {
    dispatch();
  } catch (error) {
    if (!(error instanceof DispatchRefused)) throw error;
    const { status, message } = error;
    return { status, message };
  }
  return undefined;
}

const BOTH = PUSH + DISPATCH.slice(1);

test("a push has its own event and commit", async ({ runOf }) => {
  const github = ["event_name", "ref", "ref_name", "sha"].map((key) => `\${{ github.${key} }}`);
  const tell = step("Tell", `echo ${github.join(" ")} $GITHUB_EVENT_NAME`);
  const run = runOf(job("one", tell), { on: BOTH, event: "push" });
  await run.finish();
  expect(run.log.lines).toEqual([`push refs/heads/main main ${COMMIT} push`]);
});

test("on a push each input reads as nothing", async ({ runOf }) => {
  const tell = step("Tell", "echo \"[${{ inputs.word }}] ${{ inputs.flag || 'instead' }}\"");
  const skipped = step("If set", "true", "        if: inputs.flag\n");
  const run = runOf(job("one", tell + skipped), { on: BOTH, event: "push" });
  await run.finish();
  expect(run.log.lines).toEqual(["[] instead"]);
  expect(run.ran("one")).toEqual(["Tell"]);
  expect(run).toMatchObject({ title: "Run ", concurrencyGroup: "" });
});

/** Pushes that start nothing, or that this runner cannot tell of. */
const NO_PUSH: Record<string, [on: string, message: string]> = {
  "no push trigger": [DISPATCH, "A push to main does not start this workflow"],
  "another branch": ["\n  push: { branches: [release] }\n", "A push to main does not start"],
  "a branch pattern": ["\n  push: { branches: ['m*'] }\n", 'the branch pattern "m*"'],
  "a filter of paths": ["\n  push: { branches: [main], paths: [a] }\n", 'not know "paths" in push'],
};
for (const [name, [on, message]] of Object.entries(NO_PUSH)) {
  test(`a push is refused by ${name}`, ({ runOf }) => {
    expect(() => runOf(job("one", MARK), { on, event: "push" })).toThrow(message);
  });
}

test("a push with inputs is refused", ({ runOf }) => {
  const run = () => runOf(job("one", MARK), { on: BOTH, event: "push", inputs: { word: "x" } });
  expect(run).toThrow("A push has no inputs");
});

/** What the runner does not know, it must not pass over. */
const UNKNOWN: Record<string, [jobs: string, message: string, on?: string]> = {
  "a key of a job": [job("one", MARK, "    container: alpine\n"), 'does not know "container"'],
  "a part of a matrix": [
    job("one", MARK, "    strategy: { matrix: { n: [1], exclude: [{ n: 1 }] } }\n"),
    'does not know "exclude" in matrix',
  ],
  "a key of a step": [
    job("one", step("A", "true", "        working-directory: x\n")),
    "working-directory",
  ],
  "a key that no workflow has": [
    job("one", step("A", "true", "        iff: true\n")),
    "Unexpected value 'iff'",
  ],
  "a shell": [job("one", step("A", "true", "        shell: pwsh\n")), 'the shell "pwsh"'],
  "a shell without its script": [
    job("one", step("A", "true", "        shell: /bin/sh -e\n")),
    'the shell "/bin/sh -e"',
  ],
  "a shell by its name": [job("one", step("A", "true", "        shell: sh {0}\n")), "sh {0}"],
  "a check-out that is not pinned": [
    job("one", "      - name: A\n        uses: actions/checkout@v4\n"),
    "use actions/checkout@v4",
  ],
  "an input of the check-out": [
    job("one", `      - name: A\n        uses: ${CHECKOUT}\n        with: { path: x }\n`),
    "the input path",
  ],
  "another action": [
    job("one", "      - name: A\n        uses: docker://alpine:3\n"),
    "use docker://alpine:3",
  ],
  "a context at this place": [job("one", step("A", "true", "        if: secrets.X\n")), "secrets"],
  "a function": [job("one", step("A", "echo ${{ hashFiles('x') }}")), "hashFiles()"],
  "a context": [job("one", step("A", "echo ${{ matrix.n }}")), '"matrix"'],
  "an event": [
    job("one", MARK),
    'does not know "schedule" in on',
    "\n  schedule: [{ cron: '0 0 * * *' }]\n",
  ],
  "an input": [job("one", step("A", "echo ${{ inputs.wrod }}")), '"wrod" in inputs'],
  "a step": [job("one", step("A", "echo ${{ steps.no.outcome }}")), '"no" in steps'],
  "a need": [job("one", MARK, "    needs: none\n"), "or one that is not there"],
  "a workflow command": [
    job("one", step("A", "echo ::set-output name=a::b")),
    "the workflow command set-output",
  ],
  "an older workflow command": [job("one", step("A", "echo 'a ##[group]b'")), "a ##[group]b"],
  "a change of the environment": [
    job("one", step("A", "echo A=b >> $GITHUB_ENV")),
    '"A=b" in GITHUB_ENV',
  ],
};
for (const [name, [jobs, message, on = DISPATCH]] of Object.entries(UNKNOWN)) {
  test(`the runner stops at ${name} that it does not know`, async ({ runOf }) => {
    const all = async () => runOf(jobs, { on }).finish();
    await expect(all()).rejects.toThrow(message);
  });
}

test("asking for a step that does not come is an error", async ({ runOf }) => {
  const run = runOf(job("one", MARK));
  await expect(run.through("one", "Marc")).rejects.toThrow('The run ended before "Marc"');
});
