/** Every state of every component, drawn from made-up data: read by axe, narrow enough for a phone, and pictured. */
import { type Page, test } from "@playwright/test";

import { expectAccessible, installAxe } from "../fixtures/axe.ts";
import { expectComplete, SCHEMES, take } from "../fixtures/pictures.ts";
import { expect, test as inConsole } from "../fixtures/test.ts";
import { StatesPage } from "../pages/states-page.ts";

// One after the other: the last test sees what those before it left.
test.describe.configure({ mode: "default" });
// A trace would keep the whole page beside each of its pictures.
test.use({ trace: "off" });

/** States that no server can render. */
const IN_BROWSER = [
  { name: "form", caption: "The form" },
  { name: "form-name", caption: "The form where the environment has to be named" },
  { name: "form-not-named", caption: "Refused: the environment was not named" },
  { name: "form-not-a-ref", caption: "Refused: not a Git ref" },
  { name: "form-under-way", caption: "Refused: another deploy is under way" },
  { name: "form-unanswered", caption: "No answer: the same request goes again" },
  { name: "form-not-known", caption: "Whether it was recorded is not known: Retry" },
  { name: "dialog-reading", caption: "The dialog, while it reads the deploy" },
  { name: "dialog-unreachable", caption: "The dialog, when the deploy could not be read" },
  { name: "ending", caption: "May the desktop be told?" },
  { name: "cancel-question", caption: "Cancelling asks once more" },
  { name: "shortcuts", caption: "What the keyboard can do" },
];

/** Whole pages, as a rehearsal leaves them. */
const PAGES = [
  { name: "page-board", caption: "The board, before the first deploy" },
  { name: "page-plan", caption: "Before a deploy: what is live, what would change" },
  { name: "page-plan-frozen", caption: "The same while deploys are frozen" },
  { name: "page-redeploy", caption: "Before a roll-back" },
  { name: "page-deploy", caption: "A deploy that succeeded" },
  { name: "page-versions", caption: "What is live, and the ways back" },
  { name: "page-history", caption: "The history" },
  { name: "page-approvals", caption: "What waits for an approval" },
  { name: "page-insight", caption: "Insight" },
  { name: "page-freezes", caption: "Freezes, one in force" },
  { name: "page-flags", caption: "Flags" },
  { name: "page-me", caption: "Who one is, and what one may" },
  { name: "page-tokens", caption: "Tokens, one of them new" },
  { name: "page-sessions", caption: "Sessions" },
  { name: "page-audit", caption: "The audit log" },
  { name: "page-doctor", caption: "What the doctor found" },
  { name: "page-board-frozen", caption: "The board, frozen, with what is live" },
];

/** What is shown once more to people who ask for more contrast. */
const WITH_CONTRAST = ["step-active", "cell-everything", "problem"];

const contrasting = (name: string) => `${name}-more-contrast`;

/** The same rules as on a page of the console, but for the one that wants each of its landmarks once. */
const ONE_STATE_BESIDE_ANOTHER = { rules: { "landmark-unique": { enabled: false } } };

for (const colorScheme of SCHEMES) {
  test.describe(colorScheme, () => {
    // Without motion, so that no colour is measured half-way.
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });
    test.beforeEach(({ page }) => installAxe(page));

    test("each state can be read by everybody", async ({ page }) => {
      test.slow();
      await page.setViewportSize({ width: 1280, height: 900 });
      const states = new StatesPage(page);
      await states.open();
      expect(await states.overflowing(), "wider than a desktop").toEqual([]);
      for (const section of await states.sections()) {
        await states.show(section);
        const scope = { within: section.selector, options: ONE_STATE_BESIDE_ANOTHER };
        await expectAccessible(page, `${section.title}, ${colorScheme}`, scope);
        for (const { name } of section.states) await take(states.state(name), name, colorScheme);
      }
    });

    test("with more contrast, every text reaches AAA", async ({ page }) => {
      await page.emulateMedia({ contrast: "more" });
      const states = new StatesPage(page);
      await states.open();
      const options = { runOnly: ["color-contrast", "color-contrast-enhanced"] };
      await expectAccessible(page, `more contrast, ${colorScheme}`, { options });
      for (const name of WITH_CONTRAST) await take(states.state(name), contrasting(name), colorScheme);
    });
  });
}

test("each state fits a screen of 390 pixels", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const states = new StatesPage(page);
  await states.open();
  expect(await states.overflowing(), "wider than a phone").toEqual([]);
});

for (const colorScheme of SCHEMES) {
  inConsole.describe(`in the browser alone, ${colorScheme}`, () => {
    inConsole.use({
      colorScheme,
      contextOptions: { reducedMotion: "reduce" },
      expectedErrors: /net::ERR_|409 \(/,
      viewport: { width: 1280, height: 900 },
    });

    inConsole("the form", async ({ board, page }) => {
      await board.open();
      let dialog = await board.openDialog("storefront", "staging");
      await expect(dialog.root.getByRole("heading", { name: "What main changes" })).toBeVisible();
      await take(dialog.root, "form", colorScheme);
      const other = await page.context().newPage();
      await deployTo(other, "staging");
      await dialog.submit.click();
      await expect(dialog.root.getByRole("alert")).toContainText("under way");
      await take(dialog.root.getByRole("alert"), "form-under-way", colorScheme);
      await dialog.close.click();

      dialog = await board.openDialog("storefront", "production");
      await expect(dialog.root.getByRole("heading", { name: "What main changes" })).toBeVisible();
      await take(dialog.root, "form-name", colorScheme);
      await dialog.submit.click();
      await expect(dialog.root.getByText("Type production to deploy there.")).toBeVisible();
      await expect(dialog.environmentName).toBeFocused();
      await take(dialog.root, "form-not-named", colorScheme);
      await dialog.gitRef.fill("..not a ref");
      await dialog.submit.click();
      await expect(dialog.root.getByText("This is not a Git ref.")).toBeVisible();
      await expect(dialog.gitRef).toBeFocused();
      await take(dialog.root, "form-not-a-ref", colorScheme);
    });

    inConsole("a press without an answer", async ({ board, page }) => {
      await page.route("**/api/ui/dispatch", (route) => route.abort());
      await board.open();
      const dialog = await board.openDialog("storefront", "staging");
      await dialog.submit.click();
      await expect(dialog.unanswered).toContainText("Trying again");
      await take(dialog.unanswered, "form-unanswered", colorScheme);
      await board.open();
      await expect(dialog.unanswered).toContainText("not known yet");
      await take(dialog.root, "form-not-known", colorScheme);
    });

    inConsole("a deploy that is watched", async ({ board, page }) => {
      await page.addInitScript(() => {
        Object.assign(window, { Notification: class { static permission = "default" } });
      });
      await board.open();
      const dialog = await board.openDialog("storefront", "staging");
      await dialog.deploy("main");
      const question = dialog.root.getByRole("button", { name: "Notify me when it ends" });
      await expect(question).toBeVisible();
      await take(question, "ending", colorScheme);
      await dialog.root.getByRole("button", { name: "Cancel deploy…" }).click();
      await take(dialog.root.getByRole("group", { name: "Cancel this deploy?" }), "cancel-question", colorScheme);
      await dialog.close.click();
      await page.keyboard.press("?");
      await take(page.getByRole("dialog", { name: "Keyboard" }), "shortcuts", colorScheme);
      await page.keyboard.press("Escape");

      let answer = () => {};
      const asked = new Promise<void>((resolve) => (answer = resolve));
      await page.route("**/api/ui/deploy?*", async (route) => {
        await asked;
        await route.abort();
      });
      await page.getByRole("button", { name: "Watch storefront to staging" }).click();
      await expect(dialog.root).toContainText("Reading the deploy…");
      await take(dialog.root, "dialog-reading", colorScheme);
      answer();
      await expect(dialog.root.getByRole("alert")).toContainText("did not answer");
      await take(dialog.root, "dialog-unreachable", colorScheme);
    });
  });
}

for (const colorScheme of SCHEMES) {
  inConsole.describe(`whole pages, ${colorScheme}`, () => {
    inConsole.use({
      colorScheme,
      contextOptions: { reducedMotion: "reduce" },
      jobs: "simulated",
      viewport: { width: 1280, height: 900 },
    });
    inConsole.beforeEach(({ page }) => installAxe(page));

    inConsole("each page, as a rehearsal leaves it", async ({ board, page }) => {
      inConsole.slow();
      const picture = async (name: string, path?: string) => {
        if (path !== undefined) await page.goto(path);
        await expectAccessible(page, `${name}, ${colorScheme}`);
        await take(page.locator("body"), name, colorScheme);
      };
      await board.open();
      await picture("page-board");
      for (const gitRef of ["v1", "main"]) await board.deploy("storefront", "production", gitRef);

      await picture("page-plan", "/deploy/storefront/production?ref=v2");
      await picture("page-versions", "/versions/storefront/production");
      await page.getByRole("link", { name: /^Roll back… v1/ }).click();
      await expect(page.getByRole("button", { name: "Roll back" })).toBeVisible();
      await picture("page-redeploy");
      await picture("page-history", "/deploys");
      await page.getByRole("link", { name: "storefront to production" }).first().click();
      await expect(page.getByRole("heading", { name: "Commits it brought" })).toBeVisible();
      await picture("page-deploy");
      await picture("page-approvals", "/approvals");
      await picture("page-insight", "/insight");
      await picture("page-flags", "/flags");
      await picture("page-me", "/me");
      await picture("page-sessions", "/sessions");
      await page.goto("/tokens");
      const token = page.getByRole("form", { name: "Make a token" });
      await token.getByRole("textbox", { name: "Name" }).fill("release-bot");
      await token.getByRole("button", { name: "Make the token" }).click();
      await expect(page.getByRole("heading", { name: "Token release-bot was made" })).toBeVisible();
      await picture("page-tokens");
      await picture("page-audit", "/audit");
      await picture("page-doctor", "/doctor");

      await page.goto("/freezes");
      const form = page.getByRole("form", { name: "Stop now" });
      await form.getByRole("textbox", { name: "Reason" }).fill("Moving the database");
      await form.getByRole("button", { name: "Stop deploys" }).click();
      await expect(page.getByRole("button", { name: "Lift" })).toBeVisible();
      await picture("page-freezes");
      await picture("page-plan-frozen", "/deploy/storefront/production?ref=v2");
      await picture("page-board-frozen", "/");
    });
  });
}

/** A second deploy by another operator. */
async function deployTo(page: Page, environment: string): Promise<void> {
  await page.goto(`/deploy/storefront/${environment}`);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.waitForURL("**/deploys/*");
}

test("each state has a name of its own, and its pictures where they were taken", async ({ page }) => {
  const states = new StatesPage(page);
  await states.open();
  const captions = new Map((await states.states()).map(({ name, caption }) => [name, caption]));
  const again = WITH_CONTRAST.map((name) => ({ name: contrasting(name), caption: captions.get(name)! }));
  await expectComplete([
    ...(await states.sections()),
    { title: "In the browser alone", states: IN_BROWSER },
    { title: "With more contrast", states: again },
    { title: "Whole pages", states: PAGES },
  ]);
});
