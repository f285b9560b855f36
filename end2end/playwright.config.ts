import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

import type { Options } from "./workflow/fixtures.ts";

const inChromium: NonNullable<PlaywrightTestConfig["use"]> = {
  browserName: "chromium",
  launchOptions: {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  },
  trace: "retain-on-failure",
  screenshot: "only-on-failure",
};

/**
 * Four projects: `workflow` runs the workflows, the action and the runner's own tests, and
 * `enterprise` the workflows once more, as Enterprise servers take them; neither needs a
 * browser; `console` runs the product in Chromium; `bench` measures it there.
 *
 * No retries and no pauses: a test that passes the second time is a test that failed.
 */
export default defineConfig<Options>({
  forbidOnly: process.env["CI"] !== undefined,
  fullyParallel: true,
  retries: 0,
  workers: 2,
  reporter: [["list"]],
  outputDir: "test-results",
  projects: [
    { name: "workflow", testDir: "workflow", timeout: 30_000 },
    {
      name: "enterprise",
      testDir: "workflow/shipped",
      testMatch: "deploy-*.spec.ts",
      timeout: 30_000,
      use: { host: "enterprise" },
    },
    {
      name: "console",
      testDir: "specs",
      timeout: 120_000,
      // A poll that gets no answer is given up after 10 s, and the next one comes 2 s later.
      expect: { timeout: 15_000 },
      use: inChromium,
    },
    // A trace writes down the whole page at each step: on a large one, that is what would be measured.
    {
      name: "bench",
      testDir: "bench",
      timeout: 300_000,
      expect: { timeout: 60_000 },
      use: { ...inChromium, trace: "off", screenshot: "off" },
    },
  ],
});
