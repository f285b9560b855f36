/** To install the console is to copy one file. */
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BINARY, ConsoleServer } from "../fixtures/server.ts";
import { expect, test as base } from "../fixtures/test.ts";
import { Board } from "../pages/board.ts";

const test = base.extend({
  server: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), "deploy-console-alone-"));
    const binary = join(directory, "deploy-console");
    await copyFile(BINARY, binary);
    expect(await readdir(directory)).toEqual(["deploy-console"]);
    // No configuration, no database, no secret, no search path: nothing but the file.
    const server = new ConsoleServer({ binary, directory, args: ["rehearse"], env: {} });
    await server.start();
    await use(server);
    await server.stop();
    await rm(directory, { recursive: true });
  },
});

test("the binary, alone in an empty directory, serves the hydrated page", async ({
  page,
  server,
}) => {
  const elsewhere: string[] = [];
  const failed: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${server.url}/`)) elsewhere.push(request.url());
  });
  page.on("response", (response) => {
    if (!response.ok()) failed.push(`${response.status()} ${response.url()}`);
  });

  const board = new Board(page);
  await board.open();
  await expect(page.getByText("Rehearsal").first()).toBeVisible();
  const dialog = await board.openDialog("storefront", "production");
  await expect(dialog.submit).toBeVisible();

  expect(elsewhere, "requests to other hosts").toEqual([]);
  expect(failed, "requests that failed").toEqual([]);
});
