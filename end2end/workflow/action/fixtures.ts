/** The action's script on its own, against a stub of the console. */
import { randomUUID } from "node:crypto";

import { test as base } from "@playwright/test";

import { StubConsole } from "../stub-console.ts";
import { type Environment, runAction, type ScriptRun, Spy } from "./notify-script.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export const test = base.extend<{
  stub: StubConsole;
  spy: Spy;
  id: string;
  notify: (env?: Environment) => Promise<ScriptRun>;
}>({
  stub: async ({}, use) => {
    const stub = await StubConsole.start();
    await use(stub);
    await stub.stop();
  },
  spy: async ({}, use) => {
    const spy = new Spy();
    await use(spy);
    spy.remove();
  },
  id: async ({}, use) => use(randomUUID()),
  notify: async ({ stub, id }, use) => {
    await use((env = {}) =>
      runAction({
        NOTIFY_DEPLOY_ID: id,
        NOTIFY_STATUS: "building",
        NOTIFY_CONSOLE_URL: stub.url,
        NOTIFY_HMAC_SECRET: SECRET,
        NOTIFY_BACKOFF_SECONDS: "0",
        ...env,
      }),
    );
  },
});

export { expect } from "@playwright/test";
