/** Pages can be read before their script arrives, or where it never does. */
import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";

test("the pages say the same without script", async ({
  board,
  page,
  beginRun,
  browser,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.deploy("main");
  const run = await beginRun();
  await run.through("smoke", "Report that the smoke gate passed");
  const id = (await server.onlyRun()).inputs["console_deploy_id"]!;
  await page.close();

  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto("/");
  await expect(plain.getByRole("main")).toContainText("storefront");
  await plain.goto("/deploys");
  await expect(plain.getByRole("table")).toContainText("storefront to production");
  await plain.goto(`/deploys/${id}`);
  await new DeployPage(plain).expectSteps("smoke_gate_passed", [
    "done",
    "pending",
    "pending",
    "pending",
  ]);
  await context.close();
});
