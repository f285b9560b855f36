/**
 * From the answer to a signed callback to the step that shows it, in Chromium: as it is pushed, and by polling alone.
 * Both clocks are of this machine. Printed for people to read; nothing fails for being slow.
 */
import { expect, test } from "../fixtures/test.ts";
import { postCallback } from "../fixtures/callback.ts";
import type { Board } from "../pages/board.ts";
import type { ConsoleServer } from "../fixtures/server.ts";
import type { Page } from "@playwright/test";

const PATH = [
  "smoke_gate_started",
  "smoke_gate_passed",
  "freeze_check_started",
  "freeze_check_passed",
  "building",
  "deploying",
  "succeeded",
];

declare global {
  interface Window {
    shownAt: Record<string, number>;
  }
}

/** Notes in the page when a status first shows. */
async function noteStatuses(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.shownAt = {};
    const note = () => {
      const status = document.querySelector("dialog [data-status]")?.getAttribute("data-status");
      if (status) window.shownAt[status] ??= Date.now();
    };
    new MutationObserver(note).observe(document.body, {
      attributes: true,
      childList: true,
      subtree: true,
    });
  });
}

/** One deploy, callback by callback; milliseconds from each answer to its step. */
async function measure(
  board: Board,
  page: Page,
  server: ConsoleServer,
  secret: string,
  pause: () => number,
): Promise<number[]> {
  const before = (await server.runs(runs)).length;
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await noteStatuses(page);
  await dialog.deploy("main");
  await dialog.expectStatus("dispatched");
  runs = before + 1;
  const id = (await server.runs(runs))[before]!.inputs["console_deploy_id"]!;
  const took: number[] = [];
  for (const status of PATH) {
    // So that callbacks meet the poll at any of its moments.
    await new Promise((resolve) => setTimeout(resolve, pause()));
    const { status: http } = await postCallback(server.url, secret, { console_deploy_id: id, status });
    expect(http).toBe(200);
    const accepted = Date.now();
    await dialog.expectStatus(status);
    const shown = await page.evaluate((status) => window.shownAt[status]!, status);
    took.push(Math.max(0, shown - accepted));
  }
  await dialog.close.click();
  return took;
}

let runs = 0;

function report(what: string, took: number[], target: string): void {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (hundredth: number) => sorted[Math.ceil((sorted.length * hundredth) / 100) - 1]!;
  console.log(`| ${what} (${took.length}) | p50 ${at(50)} ms, p95 ${at(95)} ms | ${target} |`);
}

test("from an accepted callback to its step", async ({ board, page, server, secret }) => {
  const pushed: number[] = [];
  for (let deploy = 0; deploy < 15; deploy++) {
    pushed.push(...(await measure(board, page, server, secret, () => 20)));
  }
  report("callback accepted → step changed in Chromium, pushed", pushed, "p95 ≤ 100 ms");
  await page.route("**/api/internal/events", (route) => route.abort());
  const polled: number[] = [];
  for (let deploy = 0; deploy < 4; deploy++) {
    polled.push(...(await measure(board, page, server, secret, () => Math.random() * 2_000)));
  }
  report("the same with the stream cut", polled, "≤ 2.2 s");
});
test.use({ expectedErrors: /events|net::ERR_/ });
