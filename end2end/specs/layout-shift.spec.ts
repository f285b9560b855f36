/** Nothing moves while one looks: measured by the browser itself. */
import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures/test.ts";

test.use({ jobs: "simulated", pace: "300ms" });

/** Begins to note what moves; returns what has, without what a press moved. */
async function watch(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    type Shift = PerformanceEntry & { hadRecentInput: boolean; sources: { node?: Node }[] };
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as Shift[]) {
        const nodes = shift.sources.map(({ node }) => (node instanceof Element ? node.className : node?.nodeName));
        if (!shift.hadRecentInput) moved.push(nodes.join(", "));
      }
    }).observe({ type: "layout-shift" });
  });
  return () => page.evaluate(() => (window as unknown as { moved: string[] }).moved);
}

for (const [width, height] of [
  [1440, 900],
  [390, 844],
]) {
  for (const scenario of ["All well", "Health check fails", "Every callback is lost"] as const) {
    test(`nothing of the dialog moves at ${width} px: ${scenario}`, async ({ board, page }) => {
      await page.setViewportSize({ width: width!, height: height! });
      await board.open();
      const dialog = await board.openDialog("storefront", "staging");
      await dialog.deploy("v1.4", scenario);
      const moved = await watch(page);
      await dialog.expectStatus(scenario === "Health check fails" ? "failed" : "succeeded");
      await expect(dialog.root.getByText(/^Ended /)).toBeVisible();
      expect(await moved()).toEqual([]);
    });
  }
}

test("nothing of the board moves when others deploy", async ({ board, page, server }) => {
  await board.open();
  const moved = await watch(page);
  await server.dispatch("storefront", "staging");
  const row = board.row("storefront", "staging");
  await expect(row).toContainText("One deploy at a time");
  await expect(row).toContainText(/Live\s*main/);
  expect(await moved()).toEqual([]);
});
