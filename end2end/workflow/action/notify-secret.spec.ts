/** The action in a real step: what other processes of the job can see of its secret. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "../fixtures.ts";
import { processes } from "./processes.ts";
import { DOCS_WORKFLOW } from "../repository.ts";
import { type Answer, APPLIED, verify } from "../stub-console.ts";

// Its first step reports, so no other script runs before.
test.use({ workflow: DOCS_WORKFLOW });

const STEP = ["deploy", "Report that the build started"] as const;

/** The whole secret, what of it is base64, and the key as the action computes with it. */
function formsOf(secret: string): string[] {
  const encoded = secret.slice("whsec_".length);
  return [secret, encoded, Buffer.from(encoded, "base64").toString("hex")];
}

test("while the console is slow, no process shows it", async ({ deploy, stub, id }) => {
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  let answer!: (answer: Answer) => void;
  stub.willAnswer(new Promise<Answer>((resolve) => (answer = resolve)));
  const run = deploy({ secrets: { DEPLOY_CALLBACK_HMAC_SECRET: secret } });
  const reported = run.through(...STEP);
  await expect.poll(() => stub.deliveries.length).toBe(1);
  const all = processes();
  answer(APPLIED);
  await reported;

  // The action is among them, and can be read: else nothing would be proved.
  expect(all.some((it) => it.arguments.includes(`/deploys/${id}/callback`))).toBe(true);
  expect(all.some((it) => it.environment.includes(`NOTIFY_DEPLOY_ID=${id}\0`))).toBe(true);
  const showing = all.filter((it) =>
    formsOf(secret).some((form) => `${it.environment} ${it.arguments}`.includes(form)),
  );
  expect(showing.map((it) => it.arguments)).toEqual([]);
  verify(stub.deliveries[0]!, secret);
});

const TOOLS = ["bash", "sh", "env", "curl", "openssl", "od", "tr", "cat", "head", "mktemp", "git"];

test("programs that earlier steps put first are not run", async ({ deploy, stub }, testInfo) => {
  const bin = testInfo.outputPath("bin");
  const called = testInfo.outputPath("called");
  mkdirSync(bin, { recursive: true });
  for (const tool of TOOLS) {
    const shim = join(bin, tool);
    writeFileSync(shim, `#!/bin/bash\necho ${tool} >>'${called}'\nexec /usr/bin/${tool} "$@"\n`);
    chmodSync(shim, 0o755);
  }
  const run = deploy({ env: { PATH: `${bin}:/usr/bin:/bin` } });
  await run.through(...STEP);

  expect(stub.statuses).toEqual(["building"]);
  expect(existsSync(called)).toBe(false);
});

test("what earlier steps put into the environment runs nothing", async ({
  deploy,
  stub,
}, testInfo) => {
  const marker = testInfo.outputPath("marker");
  const script = testInfo.outputPath("script");
  writeFileSync(script, `touch '${marker}'\n`);
  const body = `() { touch '${marker}'; }`;
  const functions = ["command", "printf", "read", "source", "trap", "[", "exec", "curl", "openssl"];
  const run = deploy({
    env: {
      ...Object.fromEntries(functions.map((name) => [`BASH_FUNC_${name}%%`, body])),
      BASH_ENV: script,
      ENV: script,
      LD_PRELOAD: "/nowhere/spy.so",
      NOTIFY_BACKOFF_SECONDS: `a[$(touch '${marker}')]`,
      NOTIFY_PATH: "/nowhere",
      OPENSSL_CONF: "/nowhere/openssl.cnf",
      SHELLOPTS: "allexport:xtrace",
    },
  });
  await run.through(...STEP);

  expect(stub.statuses).toEqual(["building"]);
  expect(run.log.lines.filter((line) => !line.startsWith("Callback building: applied"))).toEqual([
    expect.stringContaining("NOTIFY_BACKOFF_SECONDS is not a whole number"),
  ]);
  expect(existsSync(marker)).toBe(false);
});
