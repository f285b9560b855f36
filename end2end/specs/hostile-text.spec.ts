/** What people and workflows write is text, whatever it looks like. */
import { postCallback } from "../fixtures/callback.ts";
import { expect, test } from "../fixtures/test.ts";
import { DeployPage } from "../pages/deploy-page.ts";

const MARKUP = `<script>document.title = "run"</script><img src=x onerror="document.title = 'run'">{{7*7}}`;
const TERMINAL = "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202egnp.exe";

test("f55: markup in a reason or a log line is shown, not obeyed", async ({
  board,
  page,
  secret,
  server,
}) => {
  await board.open();
  const dialog = await board.openDialog("storefront", "production");
  await dialog.reason.fill(MARKUP);
  await dialog.deploy("main");
  const id = (await server.onlyRun()).inputs["console_deploy_id"]!;
  const callback = { console_deploy_id: id, status: "smoke_gate_started" };

  const first = await postCallback(server.url, secret, { ...callback, log_line: MARKUP });
  expect(first).toMatchObject({ status: 200, body: { outcome: "applied" } });
  const second = await postCallback(server.url, secret, { ...callback, log_line: TERMINAL });
  expect(second).toMatchObject({ status: 200, body: { outcome: "repeated" } });

  await dialog.expectSteps("smoke_gate_started", ["active", "pending", "pending", "pending"]);
  await expect(dialog.root.getByText(MARKUP).first()).toBeVisible();

  const deployPage = new DeployPage(page);
  await deployPage.open(id);
  await expect(page.getByText(MARKUP).first()).toBeVisible();
  await expect(page.getByText("red").first()).toBeVisible();
  const text = await page.getByRole("main").innerText();
  expect(text, "control and direction characters").not.toMatch(/[\u0007\u001b\u202e]/);
  await expect(page).not.toHaveTitle("run");
  await expect(page.locator("main script, main img")).toHaveCount(0);
});
