/** What is made of the workflows for Enterprise servers. (`--project=enterprise` runs it.) */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test as base } from "@playwright/test";

import { FOR_ENTERPRISE, REPOSITORY, SHIPPED, WORKFLOWS } from "../repository.ts";
import { WorkflowRun } from "../runner/run.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const test = base.extend<{ make: (actions: string) => string }>({
  /** Gives the folder that it writes. */
  make: async ({}, use, testInfo) => {
    await use((actions) => {
      const folder = testInfo.outputPath("made");
      execFileSync(FOR_ENTERPRISE, [actions, folder], { stdio: "pipe" });
      return folder;
    });
  },
});

function read(...path: string[]): string {
  return readFileSync(join(...path), "utf8");
}

/** What a file says, without its comments and empty lines. */
function code(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/ #.*$/, "").trimEnd());
  return lines.filter((line) => line !== "" && !line.trimStart().startsWith("#"));
}

for (const name of SHIPPED) {
  test(`${name}: what Enterprise servers do not know is replaced, and nothing else`, ({ make }) => {
    const made = code(read(make(`tools/deploy@${COMMIT}`), name));
    const expected = code(read(REPOSITORY, WORKFLOWS, name))
      .filter((line) => line !== "  queue: max")
      .map((line) =>
        line
          .replace(/uses: \$\/(.*)$/, `uses: tools/deploy/$1@${COMMIT}`)
          .replace(/@3d3c42e5\w+/, "@11bd71901bbe5b1630ceea73d27597364c9af683")
          .replace("runs-on: ubuntu-24.04", "runs-on: [self-hosted, linux]"),
      );
    expect(made).toEqual(expected);
  });

  test(`${name}: no comment speaks of what is not there`, ({ make }) => {
    const text = read(make(`tools/deploy@${COMMIT}`), name);
    expect(text).toMatch(new RegExp(`^# For GitHub Enterprise servers: made from ${name}`));
    expect(text).not.toMatch(/\$\/|queue|keeps its turn|v7\.0\.1|workflows-enterprise|ubuntu/);
    expect(text).toContain("the server keeps the newest, and cancels the others");
  });

  test(`${name}: an Enterprise server does not take the file as it is`, () => {
    const inputs = { console_deploy_id: "", environment: "staging", git_ref: "main" };
    const options = { workflow: `${WORKFLOWS}/${name}`, runId: 1, vars: {}, secrets: {}, inputs };
    const run = () => new WorkflowRun({ repository: REPOSITORY, host: "enterprise", ...options });
    expect(run).toThrow("An Enterprise server does not know `queue`");
  });
}

test("the guide names the versions of the check-out that the files have", ({ make }) => {
  const guide = read(REPOSITORY, "docs/operating/workflow-files.md");
  const files = [join(REPOSITORY, WORKFLOWS), make(`tools/deploy@${COMMIT}`)];
  const versions = files.map((folder) => {
    return /uses: actions\/checkout@.* # (v.*)$/m.exec(read(folder, SHIPPED[0]!))![1];
  });
  expect(guide).toMatch(new RegExp(`\\| ${versions[0]}, .* \\| ${versions[1]}, `));
});

for (const actions of ["", "tools/deploy", "tools/deploy@main", `tools@${COMMIT}`, "a/b@0123abc"]) {
  test(`nothing is made of "${actions}"`, ({ make }, testInfo) => {
    expect(() => make(actions)).toThrow("usage: .github/for-enterprise.sh");
    expect(existsSync(testInfo.outputPath("made"))).toBe(false);
  });
}
