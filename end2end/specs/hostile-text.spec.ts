/** What people and workflows write is always shown as text. */
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
  await page.getByRole("heading", { name: "Audit log" }).click();
  await expect(page.getByText("gnp.exe").first()).toBeVisible();
  const text = await page.getByRole("main").innerText();
  expect(text, "control and direction characters").not.toMatch(/[\u0007\u001b\u202e]/);
  await expect(page).not.toHaveTitle("run");
  await expect(page.locator("main script, main img")).toHaveCount(0);
});

test("f19: an awkward log line is shown harmless, and its page stays narrow", async ({
  board,
  page,
  secret,
  server,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await board.open();
  const dialog = await board.openDialog("storefront", "staging");
  await dialog.deploy("main");
  const id = (await server.onlyRun()).inputs["console_deploy_id"]!;
  const say = async (status: string, log_line: string) => {
    const answer = await postCallback(server.url, secret, { console_deploy_id: id, status, log_line });
    expect(answer).toMatchObject({ status: 200, body: { outcome: "applied" } });
  };
  const isNarrow = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

  await say("smoke_gate_started", "before\u0000after \u202egnp.exe\u202c \u{1f680}!");
  await say("smoke_gate_passed", "w".repeat(60 * 1024));
  await dialog.expectStatus("smoke_gate_passed");
  await expect(dialog.root.getByText("\u{1f680}")).toBeVisible();
  const log = dialog.root.getByRole("region", { name: "Log lines" });
  expect(await log.innerText(), "what nobody can see, or turns others around").not.toMatch(/[\u0000\u202e]/);
  expect(await isNarrow(), "the dialog").toBe(true);

  await new DeployPage(page).open(id);
  await expect(page.getByText("\u{1f680}").first()).toBeVisible();
  expect(await page.getByRole("main").innerText()).not.toMatch(/[\u0000\u202e]/);
  expect(await isNarrow(), "the page").toBe(true);
});
