/** Slack is away: no deploy waits for it, the board says so, and it hears of the deploy when it is back. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test as base } from "../fixtures/test.ts";

/** An incoming webhook that can be made to fail. */
class Slack {
  readonly told: string[] = [];
  isAway = true;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        if (!this.isAway) this.told.push(body);
        response.writeHead(this.isAway ? 503 : 200).end();
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/services/x`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const slack = new Slack();
const test = base.extend({
  serverEnv: async ({}, use) => {
    await use({ SLACK_WEBHOOK_URL: await slack.start() });
    await slack.stop();
  },
});

test.use({ jobs: "simulated", pace: "20ms" });

test("a message that Slack did not take waits, is said to wait, and arrives once", async ({
  board,
  page,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  await dialog.expectStatus("succeeded");
  const trouble = page.getByText(/Slack has not taken 1 message/);
  await expect(async () => {
    await board.open();
    await expect(trouble).toBeVisible({ timeout: 100 });
  }).toPass();
  slack.isAway = false;
  await expect(async () => {
    await board.open();
    await expect(trouble).toBeHidden({ timeout: 100 });
  }).toPass({ timeout: 60_000 });
  expect(slack.told).toHaveLength(1);
  expect(slack.told[0]).toContain("storefront");
});
