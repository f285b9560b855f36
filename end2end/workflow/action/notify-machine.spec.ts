/** The action on machines that lack what it needs, under each shell that may be their sh. */
import { randomUUID } from "node:crypto";

import { expect, test as base } from "@playwright/test";

import {
  type Environment,
  runAction,
  type ScriptRun,
  type Shell,
  SHELLS,
  Spy,
} from "./notify-script.ts";
import { StubConsole, verify } from "../stub-console.ts";

const NEEDED = ["curl", "openssl", "cat", "head", "mktemp", "od", "rm", "sleep", "tr"];
const SECRET = "a$(id)`id`\\b\"c'd${HOME}%";

const test = base.extend<{
  stub: StubConsole;
  /** Programs of a machine that has no others. */
  machine: Spy;
  notify: (shell: Shell, env?: Environment) => Promise<ScriptRun>;
}>({
  stub: async ({}, use) => {
    const stub = await StubConsole.start();
    await use(stub);
    await stub.stop();
  },
  machine: async ({}, use) => {
    const machine = new Spy();
    await use(machine);
    machine.remove();
  },
  notify: async ({ stub, machine }, use) => {
    await use((shell, env = {}) =>
      runAction(
        {
          NOTIFY_PATH: machine.lone,
          NOTIFY_DEPLOY_ID: randomUUID(),
          NOTIFY_STATUS: "building",
          NOTIFY_CONSOLE_URL: stub.url,
          NOTIFY_HMAC_SECRET: SECRET,
          ...env,
        },
        shell,
      ),
    );
  },
});

/** One annotation, and no other output. */
const ONE_ERROR = /^::error title=Deploy status not delivered::[^\n]*\n$/;

for (const [name, shell] of Object.entries(SHELLS)) {
  test(`${name}: with what it needs, it delivers`, async ({ machine, notify, stub }) => {
    for (const program of ["bash", ...NEEDED]) machine.has(program);
    expect(await notify(shell)).toMatchObject({ exitCode: 0 });
    verify(stub.deliveries[0]!, SECRET);
  });

  test(`${name}: all that is missing is named once`, async ({ machine, notify, stub }) => {
    for (const program of NEEDED.slice(2)) machine.has(program);
    const { exitCode, output } = await notify(shell);

    expect(exitCode).toBe(1);
    expect(output).toMatch(ONE_ERROR);
    expect(output).toContain("This runner has no bash 4.4 or newer, openssl, curl.");
    expect(output).toContain(machine.lone);
    expect(stub.deliveries).toEqual([]);
  });

  for (const missing of ["openssl", "curl", "od"]) {
    test(`${name}: a missing ${missing} is named`, async ({ machine, notify }) => {
      for (const program of ["bash", ...NEEDED]) if (program !== missing) machine.has(program);
      const { exitCode, output } = await notify(shell);
      expect(exitCode).toBe(1);
      expect(output).toMatch(ONE_ERROR);
      expect(output).toContain(`This runner has no ${missing}.`);
    });
  }

  test(`${name}: the bash of macOS is too old`, async ({ machine, notify }) => {
    for (const program of NEEDED) machine.has(program);
    machine.watch("bash", "echo 3.2");
    const { exitCode, output } = await notify(shell);
    expect(exitCode).toBe(1);
    expect(output).toMatch(ONE_ERROR);
    expect(output).toContain("no bash 4.4 or newer (only 3.2 is there).");
  });

  test(`${name}: a newer bash further on is taken`, async ({ machine, notify, stub }) => {
    machine.watch("bash", "echo 3.2");
    expect(await notify(shell, { NOTIFY_PATH: machine.path })).toMatchObject({ exitCode: 0 });
    verify(stub.deliveries[0]!, SECRET);
  });

  test(`${name}: no option of the environment exports it`, async ({ machine, notify, stub }) => {
    machine.watch("bash");
    await notify(shell, {
      NOTIFY_PATH: machine.path,
      SHELLOPTS: "allexport",
      notify_secret: "of an earlier step",
    });
    expect(machine.calls("bash").join()).toContain("notify.sh");
    expect(machine.seen).not.toContain(SECRET);
    verify(stub.deliveries[0]!, SECRET);
  });

  test(`${name}: functions of the environment are not called`, async ({ machine, notify }) => {
    for (const program of ["bash", ...NEEDED.slice(1)]) machine.has(program);
    const { output } = await notify(shell, {
      "BASH_FUNC_command%%": "() { printf called; }",
      "BASH_FUNC_echo%%": "() { printf called; }",
      SHELLOPTS: "xtrace",
    });
    expect(output).toMatch(ONE_ERROR);
    expect(output).toContain("This runner has no curl.");
  });

  test(`${name}: a very long secret arrives whole`, async ({ notify, stub }) => {
    const secret = "0123456789abcdef".repeat(1000);
    await notify(shell, { NOTIFY_HMAC_SECRET: secret, NOTIFY_PATH: "/usr/bin:/bin" });
    verify(stub.deliveries[0]!, secret);
  });

  test(`${name}: without a deploy id nothing is needed`, async ({ notify }) => {
    const run = await notify(shell, { NOTIFY_DEPLOY_ID: "", NOTIFY_PATH: "/nowhere" });
    expect(run).toEqual({ exitCode: 0, output: "" });
  });
}
