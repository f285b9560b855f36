/** A check-out on Windows must not give scripts its own line ends: sh takes them for text. */
import { execFileSync } from "node:child_process";

import { expect, test } from "@playwright/test";

import { REPOSITORY } from "./repository.ts";

const FILES = [
  ".github/actions/notify-deploy-status/action.yml",
  ".github/actions/notify-deploy-status/notify.sh",
  ".github/workflows/deploy-console.yml",
  "end2end/workflow/files/deploy-console-before-phases.yml",
];

for (const file of FILES) {
  test(`lines end the same everywhere: ${file}`, () => {
    const args = ["-C", REPOSITORY, "check-attr", "text", "eol", "--", file];
    const attributes = execFileSync("git", args).toString().trim().split("\n");
    expect(attributes).toEqual([`${file}: text: set`, `${file}: eol: lf`]);
  });
}
