/** The runner finds actions where GitHub does: by `$/`, by `./`, and in other repositories. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { commitAll, repositoryWith } from "./repository.ts";
import {
  CHECKOUT,
  expect,
  GREET,
  GREET_SCRIPT,
  job,
  MARK,
  step,
  test as base,
  uses,
} from "./runner-fixtures.ts";

const ACTION = { "action/action.yml": GREET, "action/greet.sh": GREET_SCRIPT };
const CHECK_OUT = uses(CHECKOUT);
const OTHER = "acme/tools";

/** `$/` in an action is the repository of the action, and `uses` the same as in a workflow. */
const AROUND = `
name: Around
description: Greets by another action
runs:
  using: composite
  steps:
    - name: Greet
      uses: $/deep/action
      with: { who: all }
`;

const test = base.extend<{ other: { path: string; commit: string } }>({
  /** A repository whose action has changed after the commit. */
  other: async ({}, use) => {
    const path = repositoryWith({
      "deep/action/action.yml": GREET,
      "deep/action/greet.sh": GREET_SCRIPT,
      "around/action.yml": AROUND,
    });
    const commit = commitAll(path);
    writeFileSync(join(path, "deep/action/greet.sh"), "echo changed");
    commitAll(path);
    await use({ path, commit });
    rmSync(path, { recursive: true });
  },
});

test("a composite action gets its inputs, their defaults, and the env of its step", async ({
  runOf,
}) => {
  const more = "        with:\n          who: me\n        env:\n          LEVEL: step\n";
  const run = runOf(job("one", uses("$/action") + uses("$/action", more)), { files: ACTION });
  await run.finish();
  expect(run.log.lines).toEqual(["hello you at workflow", "hello me at step"]);
});

test("the runner stops at an input that an action does not have", async ({ runOf }) => {
  const run = runOf(job("one", uses("$/action", "        with: { whom: me }\n")), {
    files: ACTION,
  });
  await expect(run.finish()).rejects.toThrow("$/action has no input whom");
});

test("`$/` is the workflow's repository, whatever is checked out", async ({ runOf, other }) => {
  const run = runOf(job("one", CHECK_OUT + uses("$/action")), {
    files: ACTION,
    source: other.path,
  });
  await run.finish();
  expect(run.log.lines).toEqual(["hello you at workflow"]);
});

test("`./` needs a check-out", async ({ runOf }) => {
  const after = step("On failure", "true", "        if: failure()\n");
  const run = runOf(job("one", uses("./action") + MARK + after), { files: ACTION });
  await run.finish();
  expect(run.result("one")).toBe("failure");
  expect(run.log.text).toContain("Did you forget to run actions/checkout");
  expect(run.ran("one")).toEqual(["Greet", "On failure"]);
});

test("`./` is what the check-out brought", async ({ runOf, other }) => {
  const run = runOf(job("one", CHECK_OUT + uses("./deep/action")), {
    files: { "deep/action/action.yml": GREET, "deep/action/greet.sh": "echo of the workflow" },
    source: other.path,
  });
  await run.finish();
  expect(run.log.lines).toEqual(["changed"]);
});

test("an action of another repository is taken as it was at the commit", async ({
  runOf,
  other,
}) => {
  const at = (ref: string) => uses(`${OTHER}/deep/action@${ref}`);
  const run = runOf(job("one", at(other.commit) + at("main")), {
    repositories: { [OTHER]: other.path },
  });
  await run.finish();
  expect(run.log.lines).toEqual(["hello you at workflow", "changed"]);
});

test("inside an action `$/` is the repository of the action", async ({ runOf, other }) => {
  const run = runOf(job("one", uses(`${OTHER}/around@${other.commit}`)), {
    repositories: { [OTHER]: other.path },
  });
  await run.finish();
  expect(run.log.lines).toEqual(["hello all at workflow"]);
});

/** What fails before the first step; not even a step that is always to be run is run then. */
const SET_UP: Record<string, [uses: string, message: string]> = {
  "a repository that is not there": ["acme/none/action@main", "acme/none, repository not found"],
  "a commit that is not there": [`${OTHER}/deep/action@v9`, "unable to find version"],
  "a folder without an action": [`${OTHER}/deep@main`, "Can't find 'action.yml'"],
  "a folder of its own without an action": ["$/none", "Can't find 'action.yml'"],
};
for (const [name, [action, message]] of Object.entries(SET_UP)) {
  test(`a job does not begin with ${name}`, async ({ runOf, other }) => {
    const always = step("Always", "true", "        if: always()\n");
    const skipped = uses(action, "        if: false\n");
    const run = runOf(
      job("one", MARK + skipped + always) + job("two", MARK, "    needs: one\n"),
      { repositories: { [OTHER]: other.path } },
    );
    await run.finish();
    expect(run.ran("one")).toEqual(["Set up job"]);
    expect([run.result("one"), run.result("two")]).toEqual(["failure", "skipped"]);
    expect(run.log.text).toContain(message);
  });
}

test("a job does not begin if an action uses one that cannot be had", async ({ runOf }) => {
  const files = { ...ACTION, "around/action.yml": AROUND.replace("deep/action", "none") };
  const run = runOf(job("one", MARK + uses("$/around")), { files });
  await run.finish();
  expect(run.ran("one")).toEqual(["Set up job"]);
});

test("a link to nowhere, anywhere in the repository, fails jobs with `$/`", async ({ runOf }) => {
  const run = runOf(job("one", uses("$/action")) + job("two", MARK), {
    files: ACTION,
    links: { "docs/link.md": "nowhere.md" },
  });
  await run.finish();
  expect(run.ran("one")).toEqual(["Set up job"]);
  expect(run.log.text).toContain("docs/link.md");
  expect([run.result("one"), run.result("two")]).toEqual(["failure", "success"]);
});

test("a link to nowhere in the other repository fails the job, too", async ({ runOf }) => {
  const path = repositoryWith(ACTION, { link: "nowhere" });
  const commit = commitAll(path);
  const run = runOf(job("one", uses(`${OTHER}/action@${commit}`)), {
    repositories: { [OTHER]: path },
  });
  await run.finish();
  expect(run.ran("one")).toEqual(["Set up job"]);
  rmSync(path, { recursive: true });
});

test("a link to a file that is there does no harm", async ({ runOf }) => {
  const run = runOf(job("one", uses("$/action")), { files: ACTION, links: { link: "action" } });
  await run.finish();
  expect(run.result("one")).toBe("success");
});

test("`$/` takes no version", async ({ runOf }) => {
  const run = runOf(job("one", uses("$/action@main")), { files: ACTION });
  await expect(run.finish()).rejects.toThrow("GitHub takes no version in $/action@main");
});


const onEnterprise = (steps: string) => job("one", steps).replace("ubuntu-24.04", "self-hosted");

test("an Enterprise server has no runners of GitHub", async ({ runOf }) => {
  const run = runOf(job("one", MARK), { host: "enterprise" });
  await expect(run.finish()).rejects.toThrow("no runner for ubuntu-24.04");
});

test("an Enterprise server does not know `$/`", async ({ runOf }) => {
  const run = runOf(onEnterprise(uses("$/action")), { host: "enterprise", files: ACTION });
  await expect(run.finish()).rejects.toThrow("how to use $/action");
});

test("an older runner of an Enterprise server takes no action of node24", async ({ runOf }) => {
  const run = runOf(onEnterprise(CHECK_OUT), { host: "enterprise" });
  await run.finish();
  expect(run.ran("one")).toEqual(["Set up job"]);
  expect(run.log.text).toContain("'using: node24' is not supported");
});

