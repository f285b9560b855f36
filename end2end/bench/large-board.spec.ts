/**
 * The board of 300 apps in three environments each, every one with a live deploy: how long the browser is busy while one
 * scrolls, searches, and something happens. A frame has 16.7 ms; a long task is one of more than 50 ms. Printed for people
 * to read; nothing fails for being slow.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { postCallback } from "../fixtures/callback.ts";
import { ConsoleServer } from "../fixtures/server.ts";
import { expect, test } from "../fixtures/test.ts";
import { expectHydrated } from "../pages/board.ts";

const APPS = 300;
const ENVIRONMENTS = ["dev", "staging", "production"];
/** Deploys that are made at a time, to have them all soon. */
const AT_A_TIME = 8;

declare global {
  interface Window {
    longTasks: number[];
    frameTimes: number[];
  }
}

/** A workflow that takes any environment. */
const WORKFLOW = `
on:
  workflow_dispatch:
    inputs:
      console_deploy_id: { type: string }
      environment: { type: string }
      git_ref: { type: string }
      phase_callbacks: { type: string }
jobs:
  deploy: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }
`;

const name = (app: number) => `app-${String(app).padStart(3, "0")}`;

function config(): string {
  const environments = ENVIRONMENTS.map((name) => `{ name = "${name}", freeze_check = false }`).join(", ");
  const app = (_: unknown, number: number) => `
[[app]]
name = "${name(number)}"
group = "group ${Math.floor(number / 20)}"
repo = "acme/${name(number)}"
workflow = "deploy-console.yml"
ref = "main"
environments = [${environments}]
`;
  return Array.from({ length: APPS }, app).join("");
}

/** One deploy that succeeds; its last callback is left to the caller. */
async function begin(server: ConsoleServer, secret: string, app: string, environment: string): Promise<string> {
  const { id } = await server.dispatch(app, environment);
  await report(server, secret, id, "building");
  await report(server, secret, id, "deploying");
  return id;
}

async function report(server: ConsoleServer, secret: string, id: string, status: string): Promise<void> {
  const commit = id.replaceAll("-", "").padEnd(40, "0");
  const answer = await postCallback(server.url, secret, { console_deploy_id: id, status, commit });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

async function deployEverything(server: ConsoleServer, secret: string): Promise<void> {
  const places = Array.from({ length: APPS }, (_, app) => ENVIRONMENTS.map((environment) => [name(app), environment]));
  const waiting = places.flat();
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const id = await begin(server, secret, next[0]!, next[1]!);
      await report(server, secret, id, "succeeded");
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

/** Notes each frame and each long task of the page. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.longTasks = [];
    window.frameTimes = [];
    new PerformanceObserver((list) => {
      window.longTasks.push(...list.getEntries().map((entry) => Math.round(entry.duration)));
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now: number) => {
      window.frameTimes.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

async function during(page: Page, what: string, act: () => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    window.longTasks.length = 0;
    window.frameTimes.length = 0;
  });
  await act();
  // The browser tells of a long task a little later.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const { tasks, frames } = await page.evaluate(() => ({ tasks: window.longTasks, frames: window.frameTimes }));
  const sorted = frames.toSorted((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
  console.log(
    `| board of ${APPS} × ${ENVIRONMENTS.length}, ${what} | long tasks ${tasks.length} (${tasks.join(", ")} ms), ` +
      `frames ${frames.length}, p95 ${p95.toFixed(1)} ms | 60 frames a second |`,
  );
}

test("a large board stays smooth", async ({ page, server, secret }) => {
  const directory = await mkdtemp(join(tmpdir(), "deploy-console-"));
  await writeFile(join(directory, "console.toml"), config());
  const large = new ConsoleServer({
    directory,
    args: ["serve"],
    env: {
      DEPLOY_CALLBACK_HMAC_SECRET: secret,
      GITHUB_API_URL: server.github,
      GITHUB_TOKEN: "of-the-simulation",
      FLAG_CONSOLE_DEPLOY_ASYNC: "true",
      FLAG_CONSOLE_DEPLOY_PHASE_CALLBACKS: "true",
    },
  });
  await large.start();
  for (let app = 0; app < APPS; app++) {
    await server.commitWorkflow(`acme/${name(app)}`, "deploy-console.yml", WORKFLOW);
  }
  await deployEverything(large, secret);
  await page.goto(large.url);
  await expectHydrated(page);
  await watch(page);
  await during(page, "scrolled through", async () => {
    await page.mouse.move(600, 500);
    for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(0, 200);
  });
  await during(page, "searched", async () => {
    await page.getByRole("searchbox", { name: "Find apps" }).pressSequentially("app-27 staging");
    await expect(page.getByText(`10 of ${APPS}`)).toBeVisible();
    await page.getByRole("searchbox", { name: "Find apps" }).fill("");
  });
  await during(page, "a deploy begins and ends", async () => {
    const id = await begin(large, secret, name(7), "staging");
    await expect(page).toHaveTitle(/under way/, { timeout: 60_000 });
    await report(large, secret, id, "succeeded");
    await expect(page).toHaveTitle("Board · Deploy Console", { timeout: 60_000 });
  });
  await large.stop();
  await rm(directory, { recursive: true });
});
